import Kernels
import Testing

@testable import Search

@Suite struct SoftAdaptTests {
  private func sums(_ means: [Double], rows: Int = 8) -> StrategySums {
    StrategySums(
      counts: [rows, 0], loss: 0, shares: [Double](repeating: 0, count: 2 * means.count),
      losses: means.map { $0 * Double(rows) })
  }

  /// The definition: means of windows, their changes over the sum of the changes' sizes, times β.
  @Test(arguments: [1, 3])
  func followsTheDefinition(window: Int) {
    var losses: [[Double]] = []
    for step in 0..<13 {
      let time = Double(step)
      losses.append([1 / (time + 1), 0.5 + 0.01 * time, step % 4 == 0 ? 2 : 1.7])
    }
    let state = ControllerState(dense: Floats(count: 3), statistics: Floats(count: 6))
    let softAdapt = SoftAdapt(beta: 0.7)
    var means: [[Double]] = []
    for step in losses.indices {
      softAdapt.follow(sums(losses[step]), steps: step, window: window, state)
      if (step + 1) % window == 0 {
        let part = losses[(step + 1 - window)...step]
        var mean: [Double] = [0, 0, 0]
        for values in part { for place in 0..<3 { mean[place] += values[place] / Double(window) } }
        means.append(mean)
      }
      guard means.count > 1 else {
        #expect(state.dense.array == [0, 0, 0])
        continue
      }
      let changes = zip(means[means.count - 1], means[means.count - 2]).map { $0 - $1 }
      let total = changes.map(\.magnitude).reduce(0, +)
      for place in 0..<3 {
        let expected = 0.7 * changes[place] / total
        #expect(abs(Double(state.dense[place]) - expected) < 1e-5, "step \(step)")
      }
    }
  }

  @Test func lossesThatStandStillHaveEqualWeights() {
    let state = ControllerState(dense: Floats([1, 2]), statistics: Floats(count: 4))
    for step in 0..<2 {
      SoftAdapt(beta: 5).follow(sums([0.25, 0.5]), steps: step, window: 1, state)
    }
    #expect(state.dense.array == [0, 0])
  }
}
