import Kernels
import Testing

@testable import Messages

@Suite struct PayloadReaderTests {
  static func reader(_ bytes: [UInt8]) -> PayloadReader {
    PayloadReader(
      Payload(parts: [Bytes(Array(bytes.prefix(2))), Bytes(Array(bytes.dropFirst(2)))]))
  }

  @Test(arguments: [
    ([UInt8](), WireError.truncated(what: "x", needed: 1, left: 0)),
    ([0x80, 0x80], .truncated(what: "x", needed: 1, left: 0)),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0x10], .invalid(what: "x", value: "more than 32 bits")),
    ([0x80, 0x80, 0x80, 0x80, 0x80, 0x01], .invalid(what: "x", value: "more than 32 bits")),
  ])
  func refusesBadVariableNumbers(bytes: [UInt8], error: WireError) {
    var reader = Self.reader(bytes)
    #expect(throws: error) { try reader.readVariable("x") }
  }

  @Test(arguments: [UInt32(0), 1, 127, 128, 16_383, 16_384, .max - 1, .max])
  func readsVariableNumbers(number: UInt32) throws {
    var writer = PayloadWriter()
    writer.write(variable: number)
    var reader = PayloadReader(writer.finish())
    #expect(try reader.readVariable("x") == number)
    #expect(reader.left == 0)
  }

  @Test(
    arguments: [
      ([4, 0, 0, 0, 65, 66, 67], WireError.truncated(what: "t", needed: 4, left: 3)),
      ([255, 255, 255, 255], .tooLarge(what: "t", value: 4_294_967_295, limit: 4096)),
      ([2, 0, 0, 0, 0xC3, 0x28], .invalid(what: "t", value: "not UTF-8")),
      ([2, 0], .truncated(what: "t", needed: 4, left: 2)),
    ] as [([UInt8], WireError)])
  func refusesBadTexts(bytes: [UInt8], error: WireError) {
    var reader = Self.reader(bytes)
    #expect(throws: error) { try reader.readText("t") }
  }

  @Test func nothingMayBeLeft() {
    let reader = Self.reader([1, 2, 3])
    #expect(throws: WireError.trailing(bytes: 3)) { try reader.finish() }
  }
}
