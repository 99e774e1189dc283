import Testing

@testable import Messages

@Suite struct LeasingTests {
  @Test func reportsRoundTrip() throws {
    let items = (0..<WireLimits.reportedSlices).map {
      Report.Item(
        step: UInt64($0) << 33, slice: UInt16($0), sliceCount: .max, attempt: 1,
        progress: UInt64.max - UInt64($0))
    }
    let report = Report(capacity: 64, items: items, waitsFor: "credit")
    var writer = PayloadWriter()
    report.write(to: &writer)
    var reader = PayloadReader(writer.finish())
    #expect(try Report(from: &reader) == report)
  }

  @Test func refusesTooManySlices() {
    var writer = PayloadWriter()
    writer.write(UInt32(1))
    writer.write(UInt32(1025))
    var reader = PayloadReader(writer.finish())
    #expect(
      throws: WireError.tooLarge(what: "the number of slices", value: 1025, limit: 1024)
    ) { try Report(from: &reader) }
  }
}
