import Kernels

/// ASSIGN: what a server is to own. The envelope's step is the version of the parameters.
public struct Assignment: Equatable, Sendable {
  /// The server's place among the servers, from 0: it says which hash-parts it owns.
  public var seat: UInt32
  /// How many servers share the parameters.
  public var servers: UInt32
  /// M, the slices of a step.
  public var slices: UInt32
  /// How many steps old the parameters may be that a step is computed from.
  public var staleness: UInt32
  /// The resolved configuration of the run, as text.
  public var configuration: String
  /// Where the coordinator listens for data.
  public var dataAddress: String
  /// How many classes labels are of.
  public var classes: UInt32
  /// The number of values of each field.
  public var fieldSizes: [UInt32]
  /// How many values each field has in a row at most.
  public var listLengths: [UInt32]

  /// Names everything.
  public init(
    seat: UInt32, servers: UInt32, slices: UInt32, staleness: UInt32 = 0, configuration: String,
    dataAddress: String, classes: UInt32 = 2, fieldSizes: [UInt32], listLengths: [UInt32]? = nil
  ) {
    self.seat = seat
    self.servers = servers
    self.slices = slices
    self.staleness = staleness
    self.configuration = configuration
    self.dataAddress = dataAddress
    self.classes = classes
    self.fieldSizes = fieldSizes
    self.listLengths = listLengths ?? fieldSizes.map { _ in 1 }
  }
}

/// STATE: how far a server is. The envelope's step is the version of its parameters.
public struct ServerReport: Equatable, Sendable {
  /// 0 without parameters, 1 while it waits for their values, 2 when it holds them.
  public var stage: UInt8
  /// The version that it captured last; 0 when it has captured none.
  public var captured: UInt64
  /// What it waits for, or empty.
  public var waitsFor: String

  /// Names everything.
  public init(stage: UInt8, captured: UInt64 = 0, waitsFor: String = "") {
    self.stage = stage
    self.captured = captured
    self.waitsFor = waitsFor
  }
}

/// COMMIT: what a server is to keep, beside applying the envelope's step and those before it.
public struct CommitTerms: Equatable, Sendable {
  /// The version whose parameters it is to capture when it is reached; 0 when none is to be.
  public var capture: UInt64
  /// Captures up to this version are needed no more.
  public var released: UInt64

  /// Names both.
  public init(capture: UInt64 = 0, released: UInt64 = 0) {
    (self.capture, self.released) = (capture, released)
  }
}

/// FETCH: which parameters a server is to send. The envelope's step is the version meant; its
/// request comes back with the answer.
public struct Fetch: Sendable {
  /// The first of the server's own rows, in the order of their ids; of no meaning with `ids`.
  public var first: UInt64
  /// How many of its own rows; 0 with `ids`.
  public var count: UInt32
  /// Whether dense parameters and statistics are wanted as well.
  public var withDense: Bool
  /// Whether they are wanted as they were captured at the version.
  public var ofCapture: Bool
  /// Rows by their ids, strictly ascending.
  public var ids: View<UInt32>

  /// A stretch of the server's own rows.
  public init(first: UInt64, count: UInt32, withDense: Bool, ofCapture: Bool = false) {
    self.first = first
    self.count = count
    self.withDense = withDense
    self.ofCapture = ofCapture
    ids = View(count: 0)
  }

  /// Rows by their ids, and the dense parameters.
  public init(ids: View<UInt32>) {
    (first, count, withDense, ofCapture) = (0, 0, true, false)
    self.ids = ids
  }
}

/// CONTENTS and RESTORE: parameters with their optimizer state, as they lie in memory.
public struct Contents: Sendable {
  /// The parts, in the order of the wire.
  public enum Part: Int, Sendable, CaseIterable {
    /// Whole rows, state and padding included.
    case rows
    /// The owner's stretch of the dense weights.
    case dense
    /// Their optimizer state, one stretch after the other.
    case denseState
    /// The batch-norm statistics; only the first seat owns them.
    case statistics
  }

  /// The first of the owner's rows, in the order of their ids.
  public var first: UInt64
  /// Whether this is the last message of a restoration.
  public var isLast: Bool
  let sections: FloatSections

  /// Refers to the views; they must not change until the message is encoded.
  public init(
    first: UInt64 = 0, isLast: Bool = false, rows: Floats, dense: Floats = Floats(count: 0),
    denseState: Floats = Floats(count: 0), statistics: Floats = Floats(count: 0)
  ) {
    self.first = first
    self.isLast = isLast
    sections = FloatSections([rows, dense, denseState, statistics])
  }

  /// How many numbers `part` has; compare it with what belongs there before you copy.
  public func count(_ part: Part) -> Int { sections.counts[part.rawValue] }

  /// Copies `part` to `target`, which has as many numbers.
  public func copy(_ part: Part, into target: Floats) {
    sections.copy(part.rawValue, into: target)
  }
}

/// DELIVERED, and the beginning of each PUSH: what was computed, and from what.
public struct Delivery: Equatable, Sendable {
  /// How many steps the parameters had seen; where there are several owners, the least of them.
  public var version: UInt64
  /// How many updates the controller had seen that weighed the losses.
  public var controllerVersion: UInt64
  /// Microseconds that the worker's threads computed, side by side; 0 when it does not say.
  public var computeMicroseconds: UInt32
  /// Sums for the log, slice after slice, in an order that the strategy defines.
  public var sums: [Double]

  /// Names everything.
  public init(
    version: UInt64, controllerVersion: UInt64, computeMicroseconds: UInt32 = 0, sums: [Double]
  ) {
    precondition(sums.count <= WireLimits.sums, "a unit has at most \(WireLimits.sums) sums")
    self.version = version
    self.controllerVersion = controllerVersion
    self.computeMicroseconds = computeMicroseconds
    self.sums = sums
  }
}

extension Assignment: Words {
  var expectedBytes: Int { configuration.utf8.count + 8 * fieldSizes.count + 256 }

  func write(to writer: inout PayloadWriter) {
    writer.write(seat)
    writer.write(servers)
    writer.write(slices)
    writer.write(staleness)
    writer.write(configuration)
    writer.write(dataAddress)
    writer.write(classes)
    writer.write(UInt32(fieldSizes.count))
    for (size, length) in zip(fieldSizes, listLengths) {
      writer.write(size)
      writer.write(length)
    }
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    seat = try reader.read(UInt32.self, "the seat")
    servers = try reader.read(UInt32.self, "the number of servers")
    guard servers >= 1, servers <= WireLimits.servers, seat < servers else {
      throw .invalid(what: "the seat", value: "\(seat) of \(servers)")
    }
    slices = try reader.read(UInt32.self, "the number of slices")
    guard slices >= 1, slices <= WireLimits.reportedSlices else {
      throw .invalid(what: "the number of slices", value: "\(slices)")
    }
    staleness = try reader.read(UInt32.self, "the staleness")
    guard staleness <= WireLimits.staleness else {
      throw .invalid(what: "the staleness", value: "\(staleness)")
    }
    configuration = try reader.readText(
      "the configuration", limit: WireLimits.configurationBytes)
    dataAddress = try reader.readText("the data address")
    classes = try reader.read(UInt32.self, "the number of classes")
    guard classes >= 2, classes <= WireLimits.classes else {
      throw .invalid(what: "the number of classes", value: "\(classes)")
    }
    let count = try reader.readCount("the number of fields", limit: WireLimits.fields)
    (fieldSizes, listLengths) = ([], [])
    for _ in 0..<count {
      fieldSizes.append(try reader.read(UInt32.self, "a field's size"))
      let length = try reader.read(UInt32.self, "the length of a field's list")
      guard length >= 1, length <= WireLimits.fields else {
        throw .invalid(what: "the length of a field's list", value: "\(length)")
      }
      listLengths.append(length)
    }
  }
}

extension ServerReport: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(stage)
    writer.write(captured)
    writer.write(waitsFor.shortened)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    stage = try reader.read(UInt8.self, "the stage")
    captured = try reader.read(UInt64.self, "the captured version")
    waitsFor = try reader.readText("the reason of waiting")
  }
}

extension CommitTerms: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(capture)
    writer.write(released)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    capture = try reader.read(UInt64.self, "the version to capture")
    released = try reader.read(UInt64.self, "the released version")
    guard released <= capture else {
      throw .invalid(what: "the released version", value: "\(released), after \(capture)")
    }
  }
}

extension Fetch: Words {
  var expectedBytes: Int { 32 + 2 * ids.count }

  func write(to writer: inout PayloadWriter) {
    writer.write(first)
    writer.write(count)
    writer.write(UInt8(withDense ? 1 : 0))
    writer.write(UInt8(ofCapture ? 1 : 0))
    IdentifierList.write(ids, to: &writer)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    first = try reader.read(UInt64.self, "the first row")
    count = try reader.read(UInt32.self, "the number of rows")
    withDense = try reader.readFlag("the wish for dense parameters")
    ofCapture = try reader.readFlag("the wish for captured parameters")
    ids = try IdentifierList.read(from: &reader)
  }
}

extension Contents: Words {
  var expectedBytes: Int { sections.byteCount + 64 }

  func write(to writer: inout PayloadWriter) {
    writer.write(first)
    writer.write(UInt8(isLast ? 1 : 0))
    sections.write(to: &writer)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    first = try reader.read(UInt64.self, "the first row")
    isLast = try reader.readFlag("the mark of the last message")
    sections = try FloatSections(from: &reader, codecs: Part.allCases.map { _ in .float32 })
  }
}

extension Delivery: Words {
  var expectedBytes: Int { 8 * sums.count + 32 }

  func write(to writer: inout PayloadWriter) {
    writer.write(version)
    writer.write(controllerVersion)
    writer.write(computeMicroseconds)
    writer.write(UInt32(sums.count))
    for sum in sums { writer.write(sum.bitPattern) }
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    version = try reader.read(UInt64.self, "the parameters' version")
    controllerVersion = try reader.read(UInt64.self, "the controller's version")
    computeMicroseconds = try reader.read(UInt32.self, "the time of computing")
    let count = try reader.readCount("the number of sums", limit: WireLimits.sums)
    sums = []
    for _ in 0..<count {
      sums.append(Double(bitPattern: try reader.read(UInt64.self, "a sum")))
    }
  }
}

extension PayloadReader {
  /// Reads a byte that is 0 or 1.
  mutating func readFlag(_ what: String) throws(WireError) -> Bool {
    switch try read(UInt8.self, what) {
    case 0: return false
    case 1: return true
    case let value: throw .invalid(what: what, value: "\(value)")
    }
  }
}
