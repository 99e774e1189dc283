import Kernels

/// How the numbers of one section are written.
///
/// As they are; as two bytes each; as two bytes each after a byte with the power of two that they
/// are multiplied with; or, after the width of a group (UInt32), as a byte for each group and then
/// a byte for each number.
struct SectionForm: Equatable, Sendable {
  /// How its numbers are written.
  let codec: Codec
  /// Neighbours that share a scale; of meaning for `scaledInt8` alone.
  let width: Int
  /// The power of two that was received; a writer finds its own.
  private let power: Int

  /// Numbers that are turned over at a time.
  private static let piece = 1 << 14

  init(_ codec: Codec = .float32, width: Int = 1) {
    precondition(width > 0, "a group has at least one number")
    (self.codec, self.width, power) = (codec, width, 0)
  }

  /// Bytes before the first number, without those of groups.
  var prefixBytes: Int {
    switch codec {
    case .float32, .float16, .bfloat16: 0
    case .scaledFloat16: 1
    case .scaledInt8: 4
    }
  }

  /// Bytes of so many numbers and of everything that belongs to them.
  func byteCount(_ count: Int) -> Int {
    switch codec {
    case .float32: 4 * count
    case .float16, .bfloat16, .scaledFloat16: prefixBytes + 2 * count
    case .scaledInt8: prefixBytes + Int8Codec.groups(of: count, width: width) + count
    }
  }

  /// Writes `values`, rounded to the nearest unless they were rounded before.
  func write(_ values: Floats, to writer: inout PayloadWriter) {
    switch codec {
    case .float32: writer.write(values)
    case .float16: write(values, to: &writer) { Float16Codec.encode($0, into: $1) }
    case .bfloat16: write(values, to: &writer) { BFloat16Codec.encode($0, into: $1) }
    case .scaledFloat16:
      let power = Float16Codec.power(for: values)
      writer.write(Int8(power))
      write(values, to: &writer) { Float16Codec.encode($0, power: power, into: $1) }
    case .scaledInt8:
      writer.write(UInt32(width))
      let powers = Bytes(unfilled: Int8Codec.groups(of: values.count, width: width))
      let codes = View<Int8>(unfilled: values.count)
      Int8Codec.encode(values, width: width, powers: powers, codes: codes)
      writer.write(powers)
      writer.write(codes)
    }
  }

  private func write(
    _ values: Floats, to writer: inout PayloadWriter,
    _ encode: (Floats, View<UInt16>) -> Void
  ) {
    let codes = View<UInt16>(unfilled: min(values.count, Self.piece))
    for first in stride(from: 0, to: values.count, by: Self.piece) {
      let piece = codes.slice(0, min(Self.piece, values.count - first))
      encode(values.slice(first, piece.count), piece)
      writer.write(piece)
    }
  }

  /// Reads what stands before the first number.
  init(_ codec: Codec, from reader: inout PayloadReader) throws(WireError) {
    self.codec = codec
    switch codec {
    case .float32, .float16, .bfloat16: (width, power) = (1, 0)
    case .scaledFloat16:
      width = 1
      power = Int(try reader.read(Int8.self, "a section's scale"))
      guard Float16Codec.powers.contains(power) else {
        throw .invalid(what: "a section's scale", value: "2 to the power of \(power)")
      }
    case .scaledInt8:
      power = 0
      width = Int(try reader.read(UInt32.self, "the width of a group"))
      guard width > 0 else { throw .invalid(what: "the width of a group", value: "0") }
    }
  }

  /// Reads the numbers themselves.
  func read(into target: Floats, from reader: inout PayloadReader) throws(WireError) {
    switch codec {
    case .float32: try reader.read(into: target, "a section")
    case .float16, .scaledFloat16:
      try read(into: target, from: &reader) { Float16Codec.decode($0, power: power, into: $1) }
    case .bfloat16:
      try read(into: target, from: &reader) { BFloat16Codec.decode($0, into: $1) }
    case .scaledInt8:
      let powers = Bytes(unfilled: Int8Codec.groups(of: target.count, width: width))
      let codes = View<Int8>(unfilled: target.count)
      try reader.read(into: powers, "a section")
      try reader.read(into: codes, "a section")
      Int8Codec.decode(codes, width: width, powers: powers, into: target)
    }
  }

  private func read(
    into target: Floats, from reader: inout PayloadReader,
    _ decode: (View<UInt16>, Floats) -> Void
  ) throws(WireError) {
    let codes = View<UInt16>(unfilled: min(target.count, Self.piece))
    for first in stride(from: 0, to: target.count, by: Self.piece) {
      let piece = codes.slice(0, min(Self.piece, target.count - first))
      try reader.read(into: piece, "a section")
      decode(piece, target.slice(first, piece.count))
    }
  }
}
