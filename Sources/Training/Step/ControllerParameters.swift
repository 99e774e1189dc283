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
  /// Where each of them lies.
  let statisticParts: [Statistic]
  /// How often V has been updated.
  private(set) var updates = 0
  /// The gradient that was kept for a later update; nil when none was.
  private(set) var pending: Pending?
  /// Sums over the slices that the last update was made from: of gradients, and of batch
  /// statistics, which are of training rows where updates look ahead and else of validation rows.
  let gradient: Floats
  let statisticsSum: Floats

  /// A gradient that waits for its step.
  struct Pending: Equatable {
    /// The step at whose version it was computed.
    var step: Int
    /// How many slices had rows.
    var slices: Int
  }

  /// Start values from the seed.
  init(program: Program, rule: UpdateRule, seed: UInt64) {
    let parts = program.parameters.map {
      ParameterPart(
        name: $0.name, offset: $0.offset, width: $0.count, initialisation: $0.initialisation)
    }
    dense = DenseParameters(parts: parts, rule: rule, seed: seed, vector: 1)
    statistics = program.startStatistics()
    statisticParts = program.statistics
    gradient = Floats(count: dense.count)
    statisticsSum = Floats(count: statistics.count)
  }

  /// V as the strategies take it.
  var state: ControllerState { ControllerState(dense: dense.weights, statistics: statistics) }

  /// Continues after so many updates, with or without a kept gradient, for parameters and sums
  /// filled from a checkpoint.
  func resume(at updates: Int, pending: Pending? = nil) {
    (self.updates, self.pending) = (updates, pending)
  }

  /// One update from the gradients and batch statistics that `slice` finds for the slices of a
  /// batch, nil where one has no rows; they are summed in the fixed tree.
  ///
  /// Allocates nothing, and asks for a slice more than once.
  func update(
    slices: Int, _ slice: (_ number: Int) -> (gradient: Floats, statistics: Floats)?
  ) {
    let present = sum(slices: slices, slice)
    if present > 0 { apply(slices: present) }
  }

  /// Lets `strategy` learn from a training step, if it does; `sums` are those of all its slices.
  func learn(_ strategy: Strategy, from sums: StrategySums, every: Int) {
    let lesson = strategy.learn(
      from: sums, steps: updates, every: every, state: state, gradient: gradient)
    switch lesson {
    case .none: return
    case .moved: break
    case .gradient: dense.apply(gradient: gradient, range: 0..<dense.count, step: updates + 1)
    }
    updates += 1
  }

  /// Keeps what `slice` finds, computed at the version of `step`, for `makePending`; otherwise as
  /// `update`.
  func keep(
    step: Int, slices: Int,
    _ slice: (_ number: Int) -> (gradient: Floats, statistics: Floats)?
  ) {
    precondition(pending == nil, "one gradient of the controller waits for its step at a time")
    let present = sum(slices: slices, slice)
    if present > 0 { pending = Pending(step: step, slices: present) }
  }

  /// Makes the update from the gradient that was kept.
  func makePending() {
    guard let pending else { preconditionFailure("no gradient of the controller was kept") }
    apply(slices: pending.slices)
    self.pending = nil
  }

  /// Sums over the slices that have rows; returns how many these are.
  private func sum(
    slices: Int, _ slice: (_ number: Int) -> (gradient: Floats, statistics: Floats)?
  ) -> Int {
    let present = (0..<slices).count { slice($0) != nil }
    guard present > 0 else { return 0 }
    GradientTree.sum(slices: slices, range: 0..<gradient.count, into: gradient) {
      slice($0)?.gradient
    }
    GradientTree.sum(slices: slices, range: 0..<statistics.count, into: statisticsSum) {
      slice($0)?.statistics
    }
    return present
  }

  /// One update from the sums over so many slices.
  private func apply(slices present: Int) {
    dense.apply(gradient: gradient, range: 0..<dense.count, step: updates + 1)
    updates += 1
    let kept = ParameterStore.statisticsKept
    let share = (1 - kept) / Float(present)
    for index in 0..<statistics.count {
      statistics[index] = kept * statistics[index] + share * statisticsSum[index]
    }
  }
}
