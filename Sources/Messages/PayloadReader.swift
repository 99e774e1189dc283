import Kernels

/// Reads what a `PayloadWriter` wrote; checks every length before it believes it.
public struct PayloadReader: Sendable {
  private let parts: [Bytes]
  private var part = 0
  private var offset = 0
  /// Bytes that have not been read.
  public private(set) var left: Int

  /// A reader at the beginning of `payload`.
  public init(_ payload: Payload) {
    parts = payload.parts
    left = payload.byteCount
  }

  /// Reads an integer.
  public mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, _ what: String
  ) throws(WireError) -> Number {
    let size = MemoryLayout<Number>.size
    try require(size, what)
    skipEmptyParts()
    if parts[part].count - offset >= size {
      defer { advance(size) }
      return parts[part].load(type, at: offset)
    }
    var number: Number = 0
    for byte in 0..<size {
      number |= Number(truncatingIfNeeded: try read(UInt8.self, what)) << (8 * byte)
    }
    return number
  }

  /// Reads a text of at most `limit` bytes.
  public mutating func readText(
    _ what: String, limit: Int = WireLimits.textBytes
  ) throws(WireError) -> String {
    let length = try readCount(what, limit: limit)
    try require(length, what)
    let bytes = Bytes(count: length)
    try read(into: bytes, what)
    guard let text = String(validating: bytes.array, as: UTF8.self) else {
      throw .invalid(what: what, value: "not UTF-8")
    }
    return text
  }

  /// Reads a 32-bit count of at most `limit`.
  public mutating func readCount(_ what: String, limit: Int) throws(WireError) -> Int {
    let count = try read(UInt32.self, what)
    guard count <= limit else {
      throw .tooLarge(what: what, value: UInt64(count), limit: limit)
    }
    return Int(count)
  }

  /// Reads an unsigned number in groups of seven bits.
  public mutating func readVariable(_ what: String) throws(WireError) -> UInt32 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      let byte = try read(UInt8.self, what)
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard number <= UInt32.max else { break }
        return UInt32(number)
      }
    }
    throw .invalid(what: what, value: "more than 32 bits")
  }

  /// Fills `numbers`.
  public mutating func read<Number: BitwiseCopyable & Numeric>(
    into numbers: View<Number>, _ what: String
  ) throws(WireError) {
    let total = numbers.count * MemoryLayout<Number>.stride
    try require(total, what)
    var done = 0
    while done < total {
      skipEmptyParts()
      let length = min(total - done, parts[part].count - offset)
      parts[part].copy(to: numbers, bytesFrom: done, byteCount: length, at: offset)
      advance(length)
      done += length
    }
  }

  /// Passes over `count` bytes.
  public mutating func skip(_ count: Int, _ what: String) throws(WireError) {
    try require(count, what)
    var rest = count
    while rest > 0 {
      skipEmptyParts()
      let length = min(rest, parts[part].count - offset)
      advance(length)
      rest -= length
    }
  }

  /// Ends the reading; nothing may be left.
  public func finish() throws(WireError) {
    if left > 0 { throw .trailing(bytes: left) }
  }

  private func require(_ count: Int, _ what: String) throws(WireError) {
    guard count <= left else { throw .truncated(what: what, needed: count, left: left) }
  }

  private mutating func advance(_ count: Int) {
    offset += count
    left -= count
  }

  private mutating func skipEmptyParts() {
    while offset == parts[part].count {
      part += 1
      offset = 0
    }
  }
}
