import Kernels
import Testing

@testable import Optimization

@Suite struct RowShareTests {
  @Test func sharesPartTheRowsByTheirHashParts() {
    let shares = (0..<3).map { seat in
      RowShare(rowCount: 5000) { $0 % 3 == seat }
    }
    #expect(shares.map(\.count).reduce(0, +) == 5000)
    var seen = Set<UInt32>()
    for (seat, share) in shares.enumerated() {
      let ids = share.ids.array
      #expect(ids == ids.sorted())
      for (place, id) in ids.enumerated() {
        #expect(RowTable.partition(of: id) % 3 == seat)
        #expect(share.place(of: id) == place)
        seen.insert(id)
      }
    }
    #expect(seen.count == 5000)
  }

  @Test func rowsOfOthersHaveNoPlace() throws {
    let share = RowShare(rowCount: 100) { $0 < 128 }
    let strange = try #require((0..<100).first { RowTable.partition(of: UInt32($0)) >= 128 })
    #expect(share.place(of: UInt32(strange)) == nil)
    #expect(share.place(of: 100) == nil)
    #expect(share.places(of: View([share.ids[0], UInt32(strange)])) == nil)
    #expect(share.places(of: View([share.ids[0], share.ids[2]]))?.array == [0, 2])
  }

  @Test func stretchesOfIdsAreStretchesOfPlaces() {
    let share = RowShare(rowCount: 1000) { $0 % 5 == 2 }
    for bound in [0, 1, 17, 500, 999, 1000, 5000] {
      #expect(share.place(from: bound) == share.ids.array.count { Int($0) < bound })
    }
    #expect(RowShare(rowCount: 10) { _ in false }.place(from: 0) == 0)
  }

  @Test func wholeRowsTravelWithTheirState() {
    let part = ParameterPart(
      name: "w", offset: 0, width: 3, initialisation: .normal(standardDeviation: 1))
    let table = RowTable(rowCount: 6, parts: [part], rule: .adam(), seed: 3)
    for index in 0..<table.memory.count where table.memory[index] == 0 {
      table.memory[index] = Float(index)
    }
    let other = RowTable(rowCount: 2, parts: [part], rule: .adam())
    let ids = View<UInt32>([1, 4])
    let moved = Floats(count: 2 * table.rawWidth)
    table.copyRaw(ids, into: moved)
    other.restoreRaw(View<UInt32>([0, 1]), from: moved)
    #expect(other.raw(0, 1).array == table.raw(1, 1).array)
    #expect(other.raw(1, 1).array == table.raw(4, 1).array)
  }
}
