import Graph
import Kernels

/// What a controller answers: α_i(y, ŷ) on a grid of predictions, without noise or dropout.
public struct ControllerResponse: Sendable, Codable, Equatable {
  /// The candidates, in order.
  public var candidates: [String]
  /// The predictions asked for, from 0 to 1: ŷ = σ(z), or with K classes the ŷ of the label, the
  /// other classes sharing the rest equally.
  public var predictions: [Float]
  /// α for each label: one list a prediction, one number a candidate.
  public var answers: [[[Float]]]

  /// Asks the controller of `strategy` in evaluation mode, with running statistics, at `points`
  /// evenly spaced predictions; nil where the strategy has no controller.
  public init?(_ strategy: Strategy, state: ControllerState, points: Int = 21) {
    guard let program = strategy.controller else { return nil }
    precondition(points >= 2, "a grid has two points at least")
    let (count, classes) = (strategy.candidates.count, strategy.classes)
    let grid = (0..<points).map { Float($0) / Float(points - 1) }
    candidates = strategy.candidates.map(\.description)
    predictions = grid
    let rows = classes * points
    let controller = Workspace(program: program, maximumRows: rows)
    for row in 0..<rows where strategy.seesPredictions {
      let input = Self.input(label: row / points, prediction: grid[row % points], classes)
      controller.inputs.slice(row * input.count, input.count).copy(from: Floats(input))
    }
    controller.forward(
      rows: rows, uniqueRows: 0, dense: state.dense, statistics: state.statistics,
      mode: .evaluation)
    let chances = GumbelSoftmax(candidateCount: count, maximumRows: rows)
    chances.silence(rows: rows)
    let gates =
      strategy.weighing == .gates
      ? LossGates(candidateCount: count, maximumRows: rows) : nil
    gates?.score(outputs: controller.outputs, rows: rows, temperature: 1)
    chances.select(
      outputs: gates?.scores ?? controller.outputs, rows: rows, temperature: 1,
      straightThrough: false)
    answers = (0..<classes).map { label in
      (label * points..<(label + 1) * points).map { row in
        (0..<count).map { chances.probabilities[$0 * chances.columnLength + row] }
      }
    }
  }

  /// The controller's input [y, ŷ] as training makes it.
  private static func input(label: Int, prediction: Float, _ classes: Int) -> [Float] {
    guard classes > 2 else { return [Float(label), prediction] }
    let rest = (1 - prediction) / Float(classes - 1)
    return (0..<classes).map { $0 == label ? 1 : 0 }
      + (0..<classes).map { $0 == label ? prediction : rest }
  }
}
