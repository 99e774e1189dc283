/// A raw value of one field, packed into 64 bits so that counting needs no strings.
///
/// The top byte is the kind and never 0, so that 0 marks an empty slot of a table:
///
///     0x08        eight lower-case hexadecimal digits; the low 32 bits are their number
///     0x10 + n    n other bytes, n ≤ 7, the first of them in the highest place left
///     0x20        a number token; the low 56 bits are its two's complement
///     0x21        the token NULL: an empty integer
///     0xFD        longer bytes that were put together while a block was parsed: length (24 bits),
///                 place in the text of the parsed rows (32)
///     0xFE        longer bytes, while a block is parsed: length (24 bits), place in the block (32)
///     0xFF        longer bytes, in a vocabulary: their place in its list
enum ValueKey {
  static let null: UInt64 = 0x21 << 56
  static let empty: UInt64 = 0x10 << 56
  private static let low56: UInt64 = (1 << 56) - 1

  @inline(__always)
  static func kind(_ key: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: key >> 56) }

  @inline(__always)
  static func number(_ token: Int) -> UInt64 {
    0x20 << 56 | UInt64(bitPattern: Int64(token)) & low56
  }

  @inline(__always)
  static func isLong(_ key: UInt64) -> Bool { key >> 56 &- 0xFD <= 1 }

  /// Of long values: whether the bytes do not lie in the block.
  static func isComposed(_ key: UInt64) -> Bool { key >> 56 == 0xFD }

  /// The key of a long value at `offset` of its block.
  @inline(__always)
  static func long(offset: Int, length: Int) -> UInt64 {
    0xFE << 56 | UInt64(length) << 32 | UInt64(offset)
  }

  /// The key of a long value at `offset` of the text of the parsed rows.
  static func composed(offset: Int, length: Int) -> UInt64 {
    0xFD << 56 | UInt64(length) << 32 | UInt64(offset)
  }

  @inline(__always)
  static func longRange(_ key: UInt64) -> Range<Int> {
    let offset = Int(key & 0xFFFF_FFFF)
    return offset..<offset + Int(key >> 32 & 0xFF_FFFF)
  }

  static func listed(_ place: Int) -> UInt64 { 0xFF << 56 | UInt64(place) }

  /// The place of a long value in its vocabulary's list, or nil for the other kinds.
  static func listPlace(_ key: UInt64) -> Int? {
    kind(key) == 0xFF ? Int(key & low56) : nil
  }

  /// The number that eight lower-case hexadecimal digits spell, or nil. `word` holds the digits as
  /// they lie in memory (little endian).
  @inline(__always)
  static func hexadecimal(_ word: UInt64) -> UInt32? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = word & (ones &* 0x0F)
    // Letters have bit 6 set; 'a' is 0x61, '0' is 0x30.
    let letter = word >> 6 & ones
    let highIsRight = (word ^ (ones &* 0x30 &+ letter &* 0x30)) & (ones &* 0xF0)
    // Digits: low ≤ 9. Letters: 1 ≤ low ≤ 6. Each test carries into bit 4 of its byte.
    let aboveNine = (low &+ ones &* 6) >> 4 & ones & ~letter
    let aboveSix = (low &+ ones &* 9) >> 4 & letter
    let belowOne = ~((low &+ ones &* 15) >> 4) & letter
    guard highIsRight | aboveNine | aboveSix | belowOne & ones == 0 else { return nil }
    var digits = (low &+ letter &* 9).byteSwapped
    digits = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: digits | digits >> 16)
  }

  /// The key of a categorical value; nil for values that need a list.
  static func category(_ bytes: [UInt8]) -> UInt64? {
    if bytes.count == 8 {
      let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if let number = hexadecimal(word) { return 0x08 << 56 | UInt64(number) }
    }
    return bytes.count <= 7 ? short(bytes) : nil
  }

  /// The key of the categorical value at `place` of a block, which is padded for wide loads.
  @inline(__always)
  static func category(
    _ base: UnsafePointer<UInt8>, at place: Int, count: Int
  ) -> UInt64 {
    if count > 8 { return long(offset: place, length: count) }
    let word = unsafe UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
    if count == 8 {
      return hexadecimal(word).map { 0x08 << 56 | UInt64($0) } ?? long(offset: place, length: 8)
    }
    // The first byte goes to the highest of seven places; those behind the value are shifted out.
    let bytes = word.byteSwapped >> 8 & ~(low56 >> (8 * UInt64(count)))
    return UInt64(0x10 + count) << 56 | bytes & low56
  }

  private static func short(_ bytes: [UInt8]) -> UInt64 {
    var key = UInt64(0x10 + bytes.count) << 56
    for (place, byte) in bytes.enumerated() { key |= UInt64(byte) << (48 - 8 * UInt64(place)) }
    return key
  }

  /// The key of an integer field's token as a vocabulary spells it, or nil if it is none.
  static func numberToken(_ bytes: [UInt8]) -> UInt64? {
    let text = String(decoding: bytes, as: UTF8.self)
    if text == "NULL" { return null }
    guard let token = Int(text), abs(token) < 1 << 55, String(token) == text else { return nil }
    return number(token)
  }

  /// The token's bytes; nil for long values, which their list holds.
  static func text(_ key: UInt64) -> [UInt8]? {
    switch kind(key) {
    case 0x08:
      let digits = Array("0123456789abcdef".utf8)
      return (0..<8).map { digits[Int(key >> (28 - 4 * UInt64($0)) & 15)] }
    case 0x10...0x17:
      let count = Int(kind(key)) - 0x10
      return (0..<count).map { UInt8(truncatingIfNeeded: key >> (48 - 8 * UInt64($0))) }
    case 0x20: return Array(String(Int64(bitPattern: key << 8) >> 8).utf8)
    case 0x21: return Array("NULL".utf8)
    default: return nil
    }
  }
}
