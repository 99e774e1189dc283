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
      #expect(order.groups.sorted() == Array(0..<21))
      #expect((0..<7).flatMap { order.groups(of: $0) } == order.groups)
      #expect(order.windowStarts.last == 328)
      for position in 0..<328 {
        let window = order.window(at: position)
        #expect(order.windowStarts[window] <= position)
        #expect(position < order.windowStarts[window + 1])
      }
      for window in 0..<7 {
        let places = try #require(order.places(in: window)).array
        let count = order.windowStarts[window + 1] - order.windowStarts[window]
        #expect(places.sorted() == (0..<UInt32(count)).map { $0 })
      }
    }
  }

  @Test func placesAreUniform() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(
      SampleTable.lines(10), groupRows: 16, minimumCount: 1, in: folder)
    // Where does row 0 of 8 go, and where row 7? χ² with 7 degrees of freedom.
    for row in [0, 7] {
      var counts = [Int](repeating: 0, count: 8)
      for epoch in 0..<4000 {
        let order = EpochOrder(
          dataset: dataset, split: .train, order: .shuffled(seed: 1, purpose: .order), epoch: epoch)
        counts[Int(try #require(order.places(in: 0))[row])] += 1
      }
      let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 500) * (Double($1) - 500) / 500 }
      #expect(chiSquare < 24.3, "p < 0.001: \(counts)")
    }
  }
}
