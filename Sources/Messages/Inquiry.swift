/// INQUIRE: what somebody who takes no part in a run asks of its coordinator.
///
/// The envelope's request comes back with the answer; job and generation may be unknown, 0.
public enum Inquiry: Equatable, Sendable {
  /// How does the run stand?
  case status
  /// Save, and stop the run so that it can go on later.
  case drain
  /// Let the worker of this name, or of this rank, finish what it holds and leave.
  case drainWorker(String)
}

extension Inquiry: Words {
  func write(to writer: inout PayloadWriter) {
    switch self {
    case .status: writer.write(UInt8(0))
    case .drain: writer.write(UInt8(1))
    case .drainWorker(let name):
      writer.write(UInt8(2))
      writer.write(name: name)
    }
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    switch try reader.read(UInt8.self, "the question") {
    case 0: self = .status
    case 1: self = .drain
    case 2: self = .drainWorker(try reader.readName("the worker's name"))
    case let number: throw .invalid(what: "the question", value: "\(number)")
    }
  }
}

extension PayloadWriter {
  /// Writes the name of a process, a host or a rank, cut to `WireLimits.nameBytes`.
  mutating func write(name: String) { write(name.shortened(to: WireLimits.nameBytes)) }

  /// Writes a number that may be missing.
  mutating func write(optional number: UInt64?) {
    write(UInt8(number == nil ? 0 : 1))
    if let number { write(number) }
  }

  /// Writes a number as its bits.
  mutating func write(bits number: Double) { write(number.bitPattern) }
}

extension PayloadReader {
  /// Reads a name of at most `WireLimits.nameBytes`.
  mutating func readName(_ what: String) throws(WireError) -> String {
    try readText(what, limit: WireLimits.nameBytes)
  }

  /// Reads a number that may be missing.
  mutating func readOptional(_ what: String) throws(WireError) -> UInt64? {
    try readFlag(what) ? try read(UInt64.self, what) : nil
  }

  /// Reads a number from its bits.
  mutating func readBits(_ what: String) throws(WireError) -> Double {
    Double(bitPattern: try read(UInt64.self, what))
  }
}
