import Testing

@testable import Messages

@Suite struct FirstFailureTests {
  @Test func survivesTheWireWithAndWithoutAStep() throws {
    var failure = FirstFailure(
      role: "worker", name: "3f2a9c01", rank: "2", host: "n02", time: "2026-01-31T12:03:04Z",
      step: 17, slice: 3, sentence: "größer als erlaubt")
    for _ in 0..<2 {
      var reader = PayloadReader(Body.cause(failure).payload())
      #expect(try FirstFailure(from: &reader) == failure)
      try reader.finish()
      (failure.step, failure.slice) = (nil, nil)
    }
  }
}
