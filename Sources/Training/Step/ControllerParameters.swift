import Graph
import Kernels
import Optimization
import Search

/// The controller's parameters V with their optimizer state and running statistics.
///
/// Changed by one thread between phases; read by all threads within them.
final class ControllerParameters: @unchecked Sendable {
  /// V and the state of its optimizer.
  let dense: DenseParameters
  /// Running means and variances; they follow the updates of V.
  let statistics: Floats
  /// How often V has been updated.
  private(set) var updates = 0
  private let gradient: Floats
  private let statisticsSum: Floats

  /// Start values from the seed.
  init(program: Program, rule: UpdateRule, seed: UInt64) {
    let parts = program.parameters.map {
      ParameterPart(
        name: $0.name, offset: $0.offset, width: $0.count, initialisation: $0.initialisation)
    }
    dense = DenseParameters(parts: parts, rule: rule, seed: seed, vector: 1)
    statistics = program.startStatistics()
    gradient = Floats(count: dense.count)
    statisticsSum = Floats(count: statistics.count)
  }

  /// V as the strategies take it.
  var state: ControllerState { ControllerState(dense: dense.weights, statistics: statistics) }

  /// Continues after so many updates, for parameters filled from a checkpoint.
  func resume(at updates: Int) { self.updates = updates }

  /// One update from the gradients and batch statistics that `slice` finds for the slices of a
  /// validation batch, nil where one has no rows; they are summed in the fixed tree.
  ///
  /// Allocates nothing, and asks for a slice more than once.
  func update(
    slices: Int, _ slice: (_ number: Int) -> (gradient: Floats, statistics: Floats)?
  ) {
    let present = (0..<slices).count { slice($0) != nil }
    guard present > 0 else { return }
    GradientTree.sum(slices: slices, range: 0..<gradient.count, into: gradient) {
      slice($0)?.gradient
    }
    dense.apply(gradient: gradient, range: 0..<dense.count, step: updates + 1)
    updates += 1
    guard statistics.count > 0 else { return }
    GradientTree.sum(slices: slices, range: 0..<statistics.count, into: statisticsSum) {
      slice($0)?.statistics
    }
    let kept = ParameterStore.statisticsKept
    let share = (1 - kept) / Float(present)
    for index in 0..<statistics.count {
      statistics[index] = kept * statistics[index] + share * statisticsSum[index]
    }
  }
}
