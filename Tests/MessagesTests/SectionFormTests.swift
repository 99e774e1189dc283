import Kernels
import TestSupport
import Testing

@testable import Messages

@Suite struct SectionFormTests {
  private static let forms = [
    SectionForm(), SectionForm(.float16), SectionForm(.bfloat16), SectionForm(.scaledFloat16),
    SectionForm(.scaledInt8, width: 17), SectionForm(.scaledInt8, width: 3),
  ]

  /// Values that each form can write without loss.
  private static func numbers(_ count: Int) -> Floats {
    Floats((0..<count).map { Float($0 % 255 - 127) * 0.125 })
  }

  /// Lengths around the pieces that are turned over at a time and the parts of a payload, from any
  /// byte on.
  @Test(arguments: forms.indices, [0, 1, 16, 17, 18, 16_384, 16_385, 140_000])
  func arrivesWhole(form: Int, count: Int) throws {
    let form = Self.forms[form]
    let values = Self.numbers(count)
    var writer = PayloadWriter()
    writer.write(UInt8(1))
    form.write(values, to: &writer)
    let payload = writer.finish()
    #expect(payload.byteCount == 1 + form.byteCount(count))
    var reader = PayloadReader(payload)
    _ = try reader.read(UInt8.self, "")
    let found = try SectionForm(form.codec, from: &reader)
    #expect(found.codec == form.codec && found.width == form.width)
    #expect(reader.left == form.byteCount(count) - form.prefixBytes)
    let target = Floats(count: count)
    try found.read(into: target, from: &reader)
    try reader.finish()
    #expect(target.array == values.array)
  }

  @Test(
    arguments: [
      (.scaledFloat16, [127], "a section's scale has the meaningless value 2 to the power of 127"),
      (.scaledFloat16, [128], "2 to the power of -128"), (.scaledFloat16, [], "a section's scale"),
      (.scaledInt8, [0, 0, 0, 0], "the width of a group has the meaningless value 0"),
      (.scaledInt8, [1, 0, 0], "the width of a group"),
    ] as [(Codec, [UInt8], String)])
  func whatCannotBeIsRefused(codec: Codec, bytes: [UInt8], sentence: String) {
    var reader = PayloadReader(Payload(parts: [Bytes(bytes)]))
    let error = #expect(throws: WireError.self) { try SectionForm(codec, from: &reader) }
    #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
  }

  /// A group as wide as can be written takes no memory and no time.
  @Test func anyWidthOfAGroupIsRead() throws {
    var writer = PayloadWriter()
    writer.write(UInt32.max)
    for byte in [129, 1, 2, 3] as [UInt8] { writer.write(byte) }
    var reader = PayloadReader(writer.finish())
    let form = try SectionForm(.scaledInt8, from: &reader)
    #expect(form.byteCount(3) == 8)
    let target = Floats(count: 3)
    try form.read(into: target, from: &reader)
    #expect(target.array == [4, 8, 12])
  }
}
