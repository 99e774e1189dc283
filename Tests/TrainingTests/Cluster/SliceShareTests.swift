import Kernels
import Messages
import Testing

@testable import Training

@Suite struct SliceShareTests {
  @Test func anOwnerGetsItsRowsAndGivesThemBackInTheirPlaces() {
    let share = SliceShare(
      capacity: 4, width: 2, dense: 1..<3, hasStatistics: false, isWhole: false)
    share.begin()
    share.add(7, place: 1)
    share.add(9, place: 3)
    share.end()
    #expect(share.pull.ids.array == [7, 9])
    let none = Floats(count: 0)
    share.answer = Parameters(
      rows: Floats([70, 71, 90, 91]), dense: Floats([5, 6]), statistics: none, controller: none,
      controllerStatistics: none)
    let rows = Floats(count: 8)
    let dense = Floats(count: 4)
    share.scatter(rows: rows, dense: dense, statistics: none)
    #expect(rows.array == [0, 0, 70, 71, 0, 0, 90, 91])
    #expect(dense.array == [0, 5, 6, 0])

    let slice = SliceSlot(
      SliceSlotSizes(
        capacity: 2, fieldCount: 2, rowWidth: 2, denseCount: 4, statisticsCount: 2,
        candidateCount: 1))
    for index in 0..<8 { slice.rowGradients[index] = Float(index) }
    for index in 0..<4 { slice.denseGradient[index] = Float(10 + index) }
    let push = share.push(slice, controllerVersion: 4, sums: [1, 0, 0, 0, 0])
    #expect(push.idCount == 2)
    #expect(push.idChecksum == share.pull.checksum)
    let gradients = Floats(count: 4)
    push.copy(.rowGradients, into: gradients)
    #expect(gradients.array == [2, 3, 6, 7])
    let denseGradient = Floats(count: 2)
    push.copy(.denseGradient, into: denseGradient)
    #expect(denseGradient.array == [11, 12])
    #expect(push.count(.batchStatistics) == 0)

    share.isDelivered = true
    share.begin()
    share.end()
    #expect(share.pull.ids.array == [])
    #expect(share.answer == nil)
    #expect(!share.isDelivered)
  }
}
