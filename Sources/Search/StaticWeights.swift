import Graph
import Layers

/// The controller of a strategy whose weights are the same for all examples: one number a
/// candidate, 0 at the start.
struct StaticWeights: Network {
  /// How many losses are weighed.
  let candidateCount: Int
  /// Further numbers that the strategy keeps from step to step, by name: as many a candidate each.
  var memory: [String] = []

  /// The numbers of all candidates for each example.
  func callAsFunction(_ inputs: Inputs) -> Node {
    for name in memory {
      _ = inputs.trace.statistic(name, width: candidateCount, startValue: 0)
    }
    return LearnedVector(width: candidateCount, name: "weights")(inputs.trace)
  }
}
