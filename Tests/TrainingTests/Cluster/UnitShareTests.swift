import Kernels
import Messages
import Testing

@testable import Training

@Suite struct UnitShareTests {
  private let none = Floats(count: 0)
  private let delivery = Delivery(version: 7, controllerVersion: 4, sums: [1, 0, 0, 0, 0])

  /// Gradients of four rows, two numbers each, and of four dense parameters.
  private func sum() -> UnitSum {
    UnitSum(
      rowGradients: Floats((0..<8).map(Float.init)), denseGradient: Floats([10, 11, 12, 13]),
      batchStatistics: Floats([1, 2]))
  }

  private func numbers(_ push: Push, _ part: Push.Part) -> [Float] {
    let target = Floats(count: push.count(part))
    push.copy(part, into: target)
    return target.array
  }

  @Test func anOwnerGetsItsRowsAndGivesThemBackInTheirPlaces() {
    let share = UnitShare(width: 2, dense: 1..<3, hasStatistics: false, isWhole: false)
    share.begin(capacity: 4)
    share.add(7, place: 1)
    share.add(9, place: 3)
    share.end()
    #expect(share.pull.ids.array == [7, 9])
    #expect(share.rowCount == 2)
    share.answer = Parameters(
      version: 3, rows: Floats([70, 71, 90, 91]), dense: Floats([5, 6]), statistics: none,
      controller: none, controllerStatistics: none)
    let rows = Floats(count: 8)
    let dense = Floats(count: 4)
    share.scatter(rows: rows, dense: dense, statistics: none)
    #expect(rows.array == [0, 0, 70, 71, 0, 0, 90, 91])
    #expect(dense.array == [0, 5, 6, 0])

    let push = share.push(sum(), delivery: delivery)
    #expect(push.idCount == 2)
    #expect(push.idChecksum == share.pull.checksum)
    #expect(push.delivery == delivery)
    #expect(numbers(push, .rowGradients) == [2, 3, 6, 7])
    #expect(numbers(push, .denseGradient) == [11, 12])
    #expect(push.count(.batchStatistics) == 0)

    share.isDelivered = true
    share.begin(capacity: 4)
    share.end()
    #expect(share.pull.ids.array == [])
    #expect(share.answer == nil)
    #expect(!share.isDelivered)
  }

  @Test func theOwnerOfEverythingGetsAllRowsInTheirOrder() {
    let share = UnitShare(width: 2, dense: 0..<4, hasStatistics: true, isWhole: true)
    share.begin(capacity: 4)
    share.take(all: View([3, 5, 8]))
    #expect(share.pull.ids.array == [3, 5, 8])
    #expect(share.rowCount == 3)
    share.answer = Parameters(
      version: 3, rows: Floats([30, 31, 50, 51, 80, 81]), dense: Floats([1, 2, 3, 4]),
      statistics: Floats([8, 9]), controller: none, controllerStatistics: none)
    let (rows, dense, statistics) = (Floats(count: 8), Floats(count: 4), Floats(count: 2))
    share.scatter(rows: rows, dense: dense, statistics: statistics)
    #expect(rows.array == [30, 31, 50, 51, 80, 81, 0, 0])
    #expect(dense.array == [1, 2, 3, 4])
    #expect(statistics.array == [8, 9])

    let push = share.push(sum(), delivery: delivery)
    #expect(push.idCount == 3)
    #expect(push.idChecksum == Pull.checksum(of: View([3, 5, 8])))
    #expect(numbers(push, .rowGradients) == [0, 1, 2, 3, 4, 5])
    #expect(numbers(push, .denseGradient) == [10, 11, 12, 13])
    #expect(numbers(push, .batchStatistics) == [1, 2])
  }

  @Test func theMemoryGrowsWithTheUnits() {
    let share = UnitShare(width: 1, dense: 0..<0, hasStatistics: false, isWhole: false)
    for count in [2, 50, 1, 51, 200] {
      share.begin(capacity: count)
      for place in 0..<count { share.add(UInt32(3 * place), place: count - 1 - place) }
      share.end()
      #expect(share.pull.ids.array == (0..<UInt32(count)).map { 3 * $0 })
      share.answer = Parameters(
        version: 0, rows: Floats((0..<count).map(Float.init)), dense: none, statistics: none,
        controller: none, controllerStatistics: none)
      let rows = Floats(count: count)
      share.scatter(rows: rows, dense: none, statistics: none)
      #expect(rows.array == (0..<count).reversed().map(Float.init))
      let push = share.push(
        UnitSum(rowGradients: rows, denseGradient: none, batchStatistics: none),
        delivery: delivery)
      #expect(numbers(push, .rowGradients) == (0..<count).map(Float.init))
    }
  }
}
