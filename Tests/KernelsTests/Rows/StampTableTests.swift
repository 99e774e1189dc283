import Testing

@testable import Kernels

@Suite struct StampTableTests {
  private func ids(_ count: Int, below limit: UInt32, round: Int) -> [UInt32] {
    let random = Randomness(seed: UInt64(round), purpose: .test)
    return (0..<count).map { random.word(example: $0, lane: 0) % limit }
  }

  /// The different ids in the order of their first occurrence.
  private func unique(_ ids: [UInt32]) -> [UInt32] {
    var found: [UInt32] = []
    for id in ids where !found.contains(id) { found.append(id) }
    return found
  }

  @Test(arguments: [0, 1, 15, 16, 17, 500])
  func numbersIdsAsTheDefinition(count: Int) {
    let table = StampTable(idCount: 200)
    let index = View<Int32>(count: count)
    let different = View<UInt32>(count: count)
    for round in 0..<3 {
      let list = ids(count, below: 200, round: round)
      let found = table.number(View(list), count: count, index: index, unique: different)
      let expected = unique(list)
      #expect(different.array.prefix(found) == expected[...])
      #expect(index.array.map { expected[Int($0)] } == list)
    }
  }

  @Test(arguments: [[0], [7, 0, 40], [60, 60, 60, 60]])
  func mergesListsAsTheDefinition(lengths: [Int]) {
    let table = StampTable(idCount: 100)
    let total = lengths.reduce(0, +)
    let different = View<UInt32>(count: total)
    let positions = View<Int32>(count: total * lengths.count)
    for round in 0..<3 {
      let lists = lengths.enumerated().map { unique(ids($1, below: 100, round: 9 * round + $0)) }
      let found = table.merge(lists.map { View($0) }, unique: different, positions: positions)
      let expected = unique(lists.flatMap { $0 })
      #expect(different.array.prefix(found) == expected[...])
      for (number, id) in expected.enumerated() {
        for (list, members) in lists.enumerated() {
          let place = positions[number * lists.count + list]
          #expect(place == Int32(members.firstIndex(of: id) ?? -1))
        }
      }
    }
  }

  @Test func idsBeyondTheTableTrap() async {
    await #expect(processExitsWith: .failure) {
      let one = View<UInt32>([5])
      _ = StampTable(idCount: 5)
        .number(one, count: 1, index: View(count: 1), unique: View(count: 1))
    }
  }

  @Test func aListThatNamesAnIdTwiceTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = StampTable(idCount: 5)
        .merge([View([1, 1])], unique: View(count: 2), positions: View(count: 2))
    }
  }

  @Test func knowsTheIdsOfTheLastRoundAlone() {
    let table = StampTable(idCount: 8)
    #expect(!table.contains(0))
    let index = View<Int32>(count: 3)
    let different = View<UInt32>(count: 3)
    for round in [[1, 0, 1], [5, 2, 2]] as [[UInt32]] {
      _ = table.number(View(round), count: 3, index: index, unique: different)
      for id in 0..<8 as Range<UInt32> { #expect(table.contains(id) == round.contains(id)) }
    }
  }
}
