import Kernels
import TestSupport
import Testing

@testable import Datasets

@Suite struct EpochOrderTests {
  @Test func windowsHoldEveryGroupAndRowOnce() throws {
    let folder = try TemporaryFolder()
    // 328 train rows: 20 groups of 16 and one of 8, in windows of three.
    let dataset = try SampleTable.dataset(SampleTable.lines(410), groupRows: 16, in: folder)
    for epoch in 0..<10 {
      let order = EpochOrder(
        dataset: dataset, split: .train, order: .shuffled(seed: 1, purpose: .order), epoch: epoch)
      #expect(order.windowCount == 7)
      #expect((0..<21).map { order.group(at: $0) }.sorted() == Array(0..<21))
      #expect((0..<7).flatMap { order.places(of: $0) } == Array(0..<21))
      #expect(order.start(of: 7) == 328)
      for position in 0..<328 {
        #expect(order.rows(of: order.window(at: position)).contains(position))
      }
      for window in 0..<7 {
        let groups = order.places(of: window).map { order.group(at: $0) }
        let count = groups.reduce(0) { $0 + dataset.rowCount(ofGroup: $1, in: .train) }
        #expect(order.rows(of: window).count == count)
        let places = View<UInt32>(count: 48)
        #expect(order.shuffle(window, into: places))
        #expect(places.array.prefix(count).sorted() == (0..<UInt32(count)).map { $0 })
      }
    }
  }

  @Test func theLastTwoEpochsAreKnown() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(410), groupRows: 16, in: folder)
    let order = RowOrder.shuffled(seed: 1, purpose: .order)
    let orders = EpochOrders(dataset: dataset, split: .train, order: order)
    for epoch in [0, 1, 0, 2, 0, 1, 5, 4, 5] {
      let expected = EpochOrder(dataset: dataset, split: .train, order: order, epoch: epoch)
      let found = orders.order(of: epoch)
      #expect((0..<21).map { found.group(at: $0) } == (0..<21).map { expected.group(at: $0) })
    }
  }

  @Test func filesKeepTheirOrder() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(410), groupRows: 16, in: folder)
    let order = EpochOrder(dataset: dataset, split: .train, order: .sequential, epoch: 3)
    #expect((0..<21).map { order.group(at: $0) } == Array(0..<21))
    #expect(!order.shuffle(0, into: View(count: 48)))
    #expect(order.rows(of: 6) == 288..<328)
  }

  @Test func placesAreUniform() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(
      SampleTable.lines(10), groupRows: 16, minimumCount: 1, in: folder)
    // Where does row 0 of 8 go, and where row 7? χ² with 7 degrees of freedom.
    for row in [0, 7] {
      var counts = [Int](repeating: 0, count: 8)
      let places = View<UInt32>(count: 8)
      for epoch in 0..<4000 {
        let order = EpochOrder(
          dataset: dataset, split: .train, order: .shuffled(seed: 1, purpose: .order), epoch: epoch)
        #expect(order.shuffle(0, into: places))
        counts[Int(places[row])] += 1
      }
      let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 500) * (Double($1) - 500) / 500 }
      #expect(chiSquare < 24.3, "p < 0.001: \(counts)")
    }
  }
}
