import Testing

@testable import Transport

@Suite struct AllowanceTests {
  @Test func givesSoManyAtOnceAndThenSoManyASecond() {
    var allowance = Allowance(most: 3, perSecond: 2)
    func taken(_ time: UInt64) -> Int {
      (0..<10).filter { _ in allowance.take(atMilliseconds: time) }.count
    }
    #expect(taken(1_000_000) == 3)
    #expect(taken(1_000_499) == 0)
    #expect(taken(1_000_500) == 1)
    #expect(taken(1_001_500) == 2)
    #expect(taken(.max) == 3)
    // A clock that stands gives nothing.
    #expect(taken(.max) == 0)
  }
}
