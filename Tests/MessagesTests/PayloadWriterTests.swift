import Kernels
import Testing

@testable import Messages

@Suite struct PayloadWriterTests {
  /// How many bytes are written before: whatever comes next straddles two parts, or does not.
  @Test(
    arguments: [0, 1, 255, 256, 257].flatMap { small in
      [small, WireLimits.partBytes - small, 2 * WireLimits.partBytes - 3 + small]
    })
  func cutsAnywhereAndLosesNothing(before: Int) throws {
    let filling = Bytes((0..<before).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let numbers = Samples.floats(70_000)
    for expected in [0, 1000, before + 300_000] {
      var writer = PayloadWriter(expectedBytes: expected)
      writer.write(filling)
      writer.write(UInt64(0x0102_0304_0506_0708))
      writer.write("größer")
      writer.write(numbers)
      writer.write(variable: 300)
      let payload = writer.finish()
      #expect(payload.parts.dropLast().allSatisfy { $0.count == WireLimits.partBytes })
      #expect(payload.parts.allSatisfy { $0.count <= WireLimits.partBytes })
      var reader = PayloadReader(payload)
      let readFilling = Bytes(count: before)
      try reader.read(into: readFilling, "filling")
      #expect(readFilling.array == filling.array)
      #expect(try reader.read(UInt64.self, "number") == 0x0102_0304_0506_0708)
      #expect(try reader.readText("text") == "größer")
      let readNumbers = Floats(count: numbers.count)
      try reader.read(into: readNumbers, "numbers")
      #expect(readNumbers.array == numbers.array)
      #expect(try reader.readVariable("variable") == 300)
      try reader.finish()
    }
  }

  @Test func anEmptyPayloadHasNoParts() {
    #expect(PayloadWriter().finish().parts.isEmpty)
  }
}
