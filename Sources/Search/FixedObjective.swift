import Kernels
import Objectives

/// An upper objective of the logits alone: losses with weights that nobody learns.
///
/// One thread owns the memory; nothing is allocated after init.
final class FixedObjective {
  private let table: CandidateTable
  private let weights: Floats

  /// That of `strategy`, for slices of at most `maximumRows` rows; nil where it has another one.
  init?(_ strategy: Strategy, maximumRows: Int) {
    let upper = strategy.options.upper
    guard strategy.looksAhead, upper.isFixed else { return nil }
    table = CandidateTable(
      losses: upper.losses, classes: strategy.classes, maximumRows: maximumRows)
    weights = Floats(count: table.values.count)
    for (number, weight) in zip(upper.losses.indices, [1, strategy.options.aucWeight]) {
      weights.slice(number * table.columnLength, table.columnLength).fill(weight)
    }
  }

  /// Writes ∂L/∂z of a slice, L being a mean over the batch; returns the sum over its rows.
  func gradient(_ slice: StrategySlice, into gradient: Floats) -> Double {
    table.evaluate(logits: slice.logits, labels: slice.labels, rows: slice.rows)
    let (outputs, scale) = (table.outputs, 1 / Float(slice.batchRows))
    var sum = 0.0
    gradient.slice(0, slice.rows * outputs).fill(0)
    for number in table.losses.indices {
      let weight = weights[number * table.columnLength]
      let values = table.value(number)
      for row in 0..<slice.rows { sum += Double(weight * values[row]) }
      for j in 0..<outputs {
        let slopes = table.derivative(number, logit: j)
        for row in 0..<slice.rows {
          gradient[row * outputs + j] += scale * weight * slopes[row]
        }
      }
    }
    table.addComparisons(weights: weights, scale: scale, into: gradient)
    return sum
  }
}
