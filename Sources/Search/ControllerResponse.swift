import Graph
import Kernels

/// What a controller answers: α_i(y, ŷ) on a grid of predictions, without noise or dropout.
public struct ControllerResponse: Sendable, Codable, Equatable {
  /// The candidates, in order.
  public var candidates: [String]
  /// The predictions ŷ asked for, from 0 to 1.
  public var predictions: [Float]
  /// α for y = 0: one list a prediction, one number a candidate.
  public var negatives: [[Float]]
  /// α for y = 1, likewise.
  public var positives: [[Float]]

  /// Asks the controller of `strategy` in evaluation mode, with running statistics, at `points`
  /// evenly spaced predictions; nil where the strategy has no controller.
  public init?(_ strategy: Strategy, state: ControllerState, points: Int = 21) {
    guard let program = strategy.controller else { return nil }
    precondition(points >= 2, "a grid has two points at least")
    let count = strategy.candidates.count
    let grid = (0..<points).map { Float($0) / Float(points - 1) }
    candidates = strategy.candidates.map(\.description)
    predictions = grid
    let controller = Workspace(program: program, maximumRows: 2 * points)
    for row in 0..<2 * points {
      controller.inputs[2 * row] = row < points ? 0 : 1
      controller.inputs[2 * row + 1] = grid[row % points]
    }
    controller.forward(
      rows: 2 * points, uniqueRows: 0, dense: state.dense, statistics: state.statistics,
      mode: .evaluation)
    let chances = GumbelSoftmax(candidateCount: count, maximumRows: 2 * points)
    chances.silence(rows: 2 * points)
    chances.select(
      outputs: controller.outputs, rows: 2 * points, temperature: 1, straightThrough: false)
    let answers = (0..<2 * points).map { row in
      (0..<count).map { chances.probabilities[$0 * chances.columnLength + row] }
    }
    negatives = Array(answers[..<points])
    positives = Array(answers[points...])
  }
}
