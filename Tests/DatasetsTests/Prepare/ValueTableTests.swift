import Kernels
import Testing

@testable import Datasets

@Suite struct ValueTableTests {
  @Test func countsAreThoseOfADictionary() {
    let randomness = Randomness(seed: 1, purpose: .test)
    var table = ValueTable()
    var expected: [UInt64: UInt64] = [:]
    for row in 0..<20_000 {
      // Few values at first, then many: the table grows several times.
      let value = randomness.word(example: row, lane: 0) % UInt32(10 + row)
      let key = 0x08 << 56 | UInt64(value)
      table.add(key, 1)
      expected[key, default: 0] += 1
    }
    #expect(table.count == expected.count)
    #expect(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.number) }) == expected)
    for (key, count) in expected { #expect(table.number(of: key) == count) }
    #expect(table.number(of: 0x08 << 56 | 1 << 40) == nil)
  }

  @Test(arguments: [0, 1, 2, 32, 33])
  func anyCapacityHasRoom(capacity: Int) {
    var table = ValueTable(capacity: capacity)
    #expect(table.number(of: ValueKey.empty) == nil)
    for number in 0..<100 { table.add(ValueKey.number(number), UInt64(number)) }
    #expect((0..<100).allSatisfy { table.number(of: ValueKey.number($0)) == UInt64($0) })
  }

  @Test func longKeysAreHandedBack() {
    var table = ValueTable()
    let long = ValueKey.long(offset: 5, length: 20)
    var handed: [UInt64] = []
    table.count(View([ValueKey.null, long, ValueKey.null])) { handed.append($0) }
    #expect(handed == [long])
    #expect(table.number(of: ValueKey.null) == 2)
  }
}
