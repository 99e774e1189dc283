import Kernels
import Testing

@testable import Messages

@Suite struct FloatSectionsTests {
  static let counts = [0, 1, 70_000, 0, 65_536, 3]

  @Test func sectionsArriveWholeAndApart() throws {
    let views = Self.counts.map(Samples.floats)
    let sent = FloatSections(views)
    var writer = PayloadWriter()
    writer.write(UInt8(1))  // so that numbers straddle the parts
    sent.write(to: &writer)
    var reader = PayloadReader(writer.finish())
    _ = try reader.read(UInt8.self, "")
    let received = try FloatSections(from: &reader, codecs: views.map { _ in .float32 })
    try reader.finish()
    #expect(received.counts == Self.counts)
    for (index, view) in views.enumerated() {
      #expect(sent.view(index).array == view.array)
      #expect(received.view(index).array == view.array)
    }
  }

  @Test(
    arguments: [
      ([3, 0, 0, 0], "3 instead of 2"),
      ([2, 0, 0, 0, 255, 255, 255, 127, 0, 0, 0, 0], "a section's length"),
      ([2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4], "the sections"),
    ] as [([UInt8], String)])
  func refusesWrongLengths(bytes: [UInt8], sentence: String) {
    var reader = PayloadReader(Payload(parts: [Bytes(bytes)]))
    let error = #expect(throws: WireError.self) {
      try FloatSections(from: &reader, codecs: [.float32, .float32])
    }
    #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
  }
}
