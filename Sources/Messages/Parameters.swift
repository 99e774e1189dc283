import Kernels

/// PULL: the rows that the slices of a unit need.
public struct Pull: Sendable {
  /// Row ids, strictly ascending.
  public var ids: View<UInt32>

  /// The ids must not change until the message is encoded.
  public init(ids: View<UInt32>) { self.ids = ids }

  /// A number that stands for the ids when both sides know them.
  public var checksum: UInt64 { Self.checksum(of: ids) }

  /// The number that stands for `ids`.
  public static func checksum(of ids: View<UInt32>) -> UInt64 {
    let bytes = Bytes(unfilled: 4 * ids.count)
    bytes.copy(from: ids, bytesFrom: 0, byteCount: bytes.count, at: 0)
    return ByteHash.xxh64(bytes)
  }
}

/// ROWS: the answer to PULL, everything at one version.
public struct Parameters: Sendable {
  /// The parts of the answer, in the order of the wire.
  public enum Part: Int, Sendable, CaseIterable {
    /// The pulled rows, in the order of the ids.
    case rows
    /// The dense parameters of the recommender.
    case dense
    /// Its batch-norm statistics.
    case statistics
    /// The dense parameters of the controller.
    case controller
    /// The controller's batch-norm statistics.
    case controllerStatistics

    /// Statistics are few and may be large: they are written as they are.
    var isStatistic: Bool { self == .statistics || self == .controllerStatistics }
  }

  /// How many steps the parameters have seen.
  public var version: UInt64
  /// How many updates the controller has seen.
  public var controllerVersion: UInt64
  /// How everything but statistics is written.
  public let codec: Codec
  let sections: FloatSections

  /// Refers to the views; they must not change until the message is encoded.
  public init(
    version: UInt64, controllerVersion: UInt64 = 0, codec: Codec = .float32, rows: Floats,
    dense: Floats, statistics: Floats, controller: Floats, controllerStatistics: Floats
  ) {
    precondition(MessageType.rows.codecs.contains(codec), "rows are not written by \(codec)")
    self.version = version
    self.controllerVersion = controllerVersion
    self.codec = codec
    sections = FloatSections(
      [rows, dense, statistics, controller, controllerStatistics],
      Part.allCases.map { SectionForm($0.isStatistic ? .float32 : codec) })
  }

  /// How many numbers `part` has; compare it with what you asked for before you copy.
  public func count(_ part: Part) -> Int { sections.counts[part.rawValue] }

  /// Copies `part` to `target`, which has as many numbers.
  public func copy(_ part: Part, into target: Floats) {
    sections.copy(part.rawValue, into: target)
  }
}

/// PUSH: the gradients of one unit, summed over its slices in the fixed tree.
public struct Push: Sendable {
  /// The parts of a push, in the order of the wire.
  public enum Part: Int, Sendable, CaseIterable {
    /// Gradients of the pulled rows, in the order of the pull's ids.
    case rowGradients
    /// The gradient of the dense parameters.
    case denseGradient
    /// The sum of the slices' own batch means and variances.
    case batchStatistics
    /// How often the unit has each of its rows, where gradients are bounded by that.
    case occurrences

    /// Statistics are few and may be large, and counts are whole: they are written as they are.
    var isExact: Bool { self == .batchStatistics || self == .occurrences }
  }

  /// The pull whose ids the row gradients follow: `Pull.checksum`.
  public var idChecksum: UInt64
  /// How many ids that pull had.
  public var idCount: UInt32
  /// What was computed, and from what.
  public var delivery: Delivery
  /// How everything but statistics is written.
  public let codec: Codec
  let sections: FloatSections

  /// Refers to the views; they must not change until the message is encoded. Gradients must be
  /// rounded as `codec` does, or what arrives depends on who is sent which part.
  public init(
    idChecksum: UInt64, idCount: Int, delivery: Delivery, codec: Codec = .float32,
    rowGradients: Floats, denseGradient: Floats, batchStatistics: Floats,
    occurrences: Floats? = nil
  ) {
    precondition(MessageType.push.codecs.contains(codec), "gradients are not written by \(codec)")
    self.idChecksum = idChecksum
    self.idCount = UInt32(idCount)
    self.delivery = delivery
    self.codec = codec
    sections = FloatSections(
      [rowGradients, denseGradient, batchStatistics, occurrences ?? Self.none],
      Self.forms(codec, rowWidth: rowGradients.count / max(1, idCount)))
  }

  private static let none = Floats(count: 0)

  private static func forms(_ codec: Codec, rowWidth: Int) -> [SectionForm] {
    [
      SectionForm(codec, width: max(1, rowWidth)), SectionForm(codec, width: Codec.denseGroup),
      SectionForm(), SectionForm(),
    ]
  }

  /// Bytes of the numbers of a push of so many rows of `rowWidth` numbers, of which so many are
  /// counted.
  public static func byteCount(
    _ codec: Codec, rows: Int, rowWidth: Int, dense: Int, statistics: Int, counted: Int = 0
  ) -> Int {
    zip(forms(codec, rowWidth: rowWidth), [rows * rowWidth, dense, statistics, counted])
      .reduce(0) { $0 + $1.0.byteCount($1.1) }
  }

  /// How many numbers `part` has; compare it with what was leased before you copy.
  public func count(_ part: Part) -> Int { sections.counts[part.rawValue] }

  /// Copies `part` to `target`, which has as many numbers.
  public func copy(_ part: Part, into target: Floats) {
    sections.copy(part.rawValue, into: target)
  }
}

extension Pull: Words {
  var expectedBytes: Int { 4 + 2 * ids.count }

  func write(to writer: inout PayloadWriter) { IdentifierList.write(ids, to: &writer) }

  init(from reader: inout PayloadReader) throws(WireError) {
    ids = try IdentifierList.read(from: &reader)
  }
}

extension Parameters: WrittenWords {
  var expectedBytes: Int { sections.byteCount + 64 }

  func write(to writer: inout PayloadWriter) {
    writer.write(version)
    writer.write(controllerVersion)
    sections.write(to: &writer)
  }

  init(_ codec: Codec, from reader: inout PayloadReader) throws(WireError) {
    self.codec = codec
    version = try reader.read(UInt64.self, "the parameters' version")
    controllerVersion = try reader.read(UInt64.self, "the controller's version")
    sections = try FloatSections(
      from: &reader, codecs: Part.allCases.map { $0.isStatistic ? .float32 : codec })
  }
}

extension Push: WrittenWords {
  var expectedBytes: Int { sections.byteCount + delivery.expectedBytes + 64 }

  func write(to writer: inout PayloadWriter) {
    writer.write(idChecksum)
    writer.write(idCount)
    delivery.write(to: &writer)
    sections.write(to: &writer)
  }

  init(_ codec: Codec, from reader: inout PayloadReader) throws(WireError) {
    self.codec = codec
    idChecksum = try reader.read(UInt64.self, "the ids' checksum")
    idCount = try reader.read(UInt32.self, "the number of ids")
    delivery = try Delivery(from: &reader)
    sections = try FloatSections(
      from: &reader, codecs: Part.allCases.map { $0.isExact ? .float32 : codec })
  }
}
