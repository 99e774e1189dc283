import CZlib
import Kernels

/// Makes the text of consecutive rows, in reused memory; used by one thread at a time.
@safe struct SyntheticChunk {
  /// What the rows made so far score.
  private(set) var score: BayesScore
  /// The same of more classes than two.
  private(set) var classScore: OrdinalScore?
  private let model: SyntheticModel
  private let isCompressed: Bool
  private var values: [Int?]
  private var text = View<UInt8>(count: 1)
  private var end = 0
  private var packed = View<UInt8>(count: 1)
  /// The most bytes a row can have: label, integers of at most 11 bytes, 8 digits, separators.
  private static let maximumRowByteCount = 3 + 39 * 12
  private static let integers = (0..<512).map { Array(String(SyntheticField.integer($0)).utf8) }

  init(model: SyntheticModel, isCompressed: Bool) {
    self.model = model
    self.isCompressed = isCompressed
    score = BayesScore()
    classScore = model.labels.classes > 2 ? OrdinalScore(model.labels) : nil
    values = model.fields.map { _ in nil }
  }

  /// The bytes of these rows, valid until the next call.
  mutating func make(_ rows: Range<Int>) -> View<UInt8> {
    let capacity = rows.count * Self.maximumRowByteCount
    if text.count < capacity { text = View(count: capacity) }
    end = 0
    for row in rows {
      let (logit, label) = model.draw(row: row, values: &values)
      if classScore == nil {
        score.add(logit: logit, isPositive: label == 1)
      } else {
        classScore?.add(logit: logit, label: label)
      }
      write(label)
    }
    return isCompressed ? compressed() : text.slice(0, end)
  }

  private mutating func write(_ label: Int) {
    if label > 9 { put(UInt8(ascii: "0") + UInt8(label / 10)) }
    put(UInt8(ascii: "0") + UInt8(label % 10))
    for (field, value) in zip(model.fields, values) {
      put(UInt8(ascii: "\t"))
      guard let value else { continue }
      switch field.kind {
      case .integer, .number: for byte in Self.integers[value] { put(byte) }
      case .category: putHexadecimal(field.spelling(value))
      }
    }
    put(UInt8(ascii: "\n"))
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    text[end] = byte
    end += 1
  }

  /// Eight digits at once: spread the nibbles over bytes, then add what makes them characters.
  @inline(__always)
  private mutating func putHexadecimal(_ number: UInt32) {
    var word = UInt64(number)
    word = (word | word << 16) & 0x0000_FFFF_0000_FFFF
    word = (word | word << 8) & 0x00FF_00FF_00FF_00FF
    word = (word | word << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = ((word &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    let digits = word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    let place = text.slice(end, 8)
    unsafe UnsafeMutableRawPointer(place.pointer).storeBytes(
      of: digits.bigEndian, as: UInt64.self)
    end += 8
  }

  /// The text as one gzip member.
  private mutating func compressed() -> View<UInt8> {
    var stream = unsafe z_stream()
    // Level 1; 15 bits of window, plus 16 for the gzip wrapper.
    let status = unsafe deflateInit2_(
      &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused to start")
    let bound = unsafe Int(deflateBound(&stream, UInt(end)))
    if packed.count < bound { packed = View(count: bound) }
    unsafe stream.next_in = text.pointer
    unsafe stream.avail_in = UInt32(end)
    unsafe stream.next_out = packed.pointer
    unsafe stream.avail_out = UInt32(packed.count)
    let done = unsafe deflate(&stream, Z_FINISH)
    precondition(done == Z_STREAM_END, "zlib did not compress")
    let count = unsafe packed.count - Int(stream.avail_out)
    unsafe deflateEnd(&stream)
    return packed.slice(0, count)
  }
}
