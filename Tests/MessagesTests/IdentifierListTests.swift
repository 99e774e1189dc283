import Kernels
import Testing

@testable import Messages

@Suite struct IdentifierListTests {
  static let lists: [[UInt32]] = [
    [], [0], [7], [.max], [0, 1, 2], [5, 300, 70_000, 1 << 30, .max],
    (0..<100_000).map { $0 * 11 },
  ]

  @Test(arguments: lists)
  func roundTrips(identifiers: [UInt32]) throws {
    var writer = PayloadWriter()
    IdentifierList.write(View(identifiers), to: &writer)
    var reader = PayloadReader(writer.finish())
    #expect(try IdentifierList.read(from: &reader).array == identifiers)
    #expect(reader.left == 0)
  }

  @Test func denseListsTakeAByteAnId() {
    var writer = PayloadWriter()
    IdentifierList.write(View((0..<10_000).map { UInt32($0 * 80) }), to: &writer)
    #expect(writer.finish().byteCount == 4 + 10_000)
  }

  @Test(
    arguments: [
      ([2, 0, 0, 0, 5, 0], "an id"),
      ([2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1], "an id"),
      ([200, 0, 0, 0, 5, 1], "the number of ids"),
    ] as [([UInt8], String)])
  func refusesWhatDoesNotAscend(bytes: [UInt8], what: String) {
    var reader = PayloadReader(Payload(parts: [Bytes(bytes)]))
    let error = #expect(throws: WireError.self) { try IdentifierList.read(from: &reader) }
    #expect(error?.description.contains(what) == true)
  }
}
