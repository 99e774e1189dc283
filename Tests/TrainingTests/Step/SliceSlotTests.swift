import Kernels
import Optimization
import Search
import Testing

@testable import Datasets
@testable import Training

@Suite struct SliceSlotTests {
  /// Three rows of two fields in a slot for five.
  private func slot(
    _ ids: [UInt32] = [40, 7, 12, 7, 40, 3], countsOccurrences: Bool = false
  ) -> SliceSlot {
    let slot = SliceSlot(
      SliceSlotSizes(
        capacity: 5, columnCount: 2, rowsPerExample: 2, rowWidth: 3, denseCount: 11,
        statisticsCount: 4,
        countsOccurrences: countsOccurrences, noSums: StrategySums(candidateCount: 2)))
    slot.rows.ids.slice(0, ids.count).copy(from: View(ids))
    slot.rows.count = ids.count / 2
    slot.number(
      with: SliceIndex(rowCount: 50, maximumIds: 10), firstExample: 6, batchRows: 9)
    return slot
  }

  @Test func countsHowOftenItHasEachRow() {
    #expect(slot().occurrences == nil && slot().contribution.occurrences == nil)
    let slot = slot(countsOccurrences: true)
    #expect(slot.contribution.occurrences?.array.prefix(4) == [2, 2, 1, 1])
    // Another slice, in which a list has ended.
    slot.rows.ids.slice(0, 4).copy(from: View([7, .max, 7, 9]))
    slot.rows.count = 2
    slot.number(
      with: SliceIndex(rowCount: 50, maximumIds: 10), firstExample: 6, batchRows: 9)
    #expect(slot.unique.array == [7, 9])
    #expect(slot.rowIndex.array.prefix(4) == [0, -1, 0, 1])
    #expect(slot.occurrences?.array.prefix(2) == [2, 1])
  }

  @Test func numbersDifferentRowsInTheirOrder() {
    let slot = slot()
    #expect(slot.unique.array == [40, 7, 12, 3])
    #expect(slot.rowIndex.array.prefix(6) == [0, 1, 2, 1, 0, 3])
    #expect(slot.firstExample == 6)
    #expect(slot.batchRows == 9)
  }

  @Test(arguments: [[40, 7, 12, 7, 40, 3], [1, 2], [9, 9, 9, 9], []] as [[UInt32]])
  func eachFeatureFindsItsRow(ids: [UInt32]) {
    let slot = slot(ids)
    #expect(slot.unique.array.sorted() == Set(ids).sorted())
    #expect(ids.indices.map { slot.unique[Int(slot.rowIndex[$0])] } == ids)
  }

  @Test func aContributionHasTheSizesOfTheSlice() {
    let contribution = slot().contribution
    #expect(contribution.ids.array == [40, 7, 12, 3])
    #expect(contribution.rowGradients.count == 5 * 2 * 3)
    #expect(contribution.denseGradient.count == 11)
    #expect(contribution.batchStatistics.count == 4)
    #expect(contribution.rows == 3)
  }
}
