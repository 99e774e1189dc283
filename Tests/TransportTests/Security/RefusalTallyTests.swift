import Testing

@testable import Transport

@Suite struct RefusalTallyTests {
  @Test func aSentenceIsToldOnceAndThenCounted() {
    var tally = RefusalTally()
    #expect(tally.add("no key", atMilliseconds: 100) == "no key")
    for time in 101..<1101 as Range<UInt64> {
      #expect(tally.add("no key", atMilliseconds: time) == nil)
      #expect(tally.due(atMilliseconds: time) == nil)
    }
    #expect(tally.due(atMilliseconds: 10_099) == nil)
    #expect(tally.due(atMilliseconds: 10_100) == "no key (1000 more times)")
    #expect(tally.due(atMilliseconds: 10_101) == nil)
    #expect(tally.total == 1001)
    // After a quiet time it is news again.
    #expect(tally.due(atMilliseconds: 30_000) == nil)
    #expect(tally.add("no key", atMilliseconds: 30_001) == "no key")
  }

  /// A stranger with ever new keys makes ever new sentences.
  @Test func linesAndMemoryAreBounded() {
    var tally = RefusalTally(limit: 16)
    var lines = 0
    for number in 0..<100_000 as Range<UInt64> {
      let time = number / 10
      if tally.add("key \(number)", atMilliseconds: time) != nil { lines += 1 }
      if tally.due(atMilliseconds: time) != nil { lines += 1 }
    }
    #expect(lines == 17)
    #expect(tally.total == 100_000)
  }
}
