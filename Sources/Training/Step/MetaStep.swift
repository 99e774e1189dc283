import Graph
import Kernels
import Objectives
import Search

/// One slice as a task of meta-learning.
///
/// The first half of its rows, the support, makes a step of the dense parameters along the weighted
/// loss. At the place where that leads the second half, the query, has a cross entropy: its
/// gradient there is the slice's (first order), and what it says of each candidate's part of the
/// step is noted in the sums. Both halves are normalised together; losses that compare examples
/// compare those of a half. Source: Lee et al., "MeLU", KDD 2019, whose decision layers move
/// locally and whose embeddings do not.
final class MetaStep {
  /// Mean cross entropy of the last query after the step; NaN without one.
  private(set) var queryLoss = Double.nan
  private let rate: Float
  private let moved: Floats
  private let velocity: Floats
  private let query: CandidateTable
  private let outputs: Int

  /// Memory for slices of at most `capacity` rows; nil for strategies that are not of this kind.
  init?(parts: RunParts, capacity: Int) {
    guard let rate = parts.strategy.localRate else { return nil }
    self.rate = rate
    outputs = parts.program.outputWidth
    moved = Floats(count: parts.program.denseCount)
    velocity = Floats(count: capacity * outputs)
    query = CandidateTable(
      losses: [.crossEntropy], classes: parts.strategy.classes, maximumRows: capacity)
  }

  /// Leaves the gradients of `slot` and the sums of `strategy`. `slice` has the logits of a forward
  /// with `dense`; `forward` makes another one, and `velocity` says how fast those of `dense` move
  /// along a direction of the dense parameters.
  func train(
    _ slot: SliceSlot, _ slice: StrategySlice, _ workspace: Workspace,
    _ strategy: StrategyWorkspace, dense: Floats, controller: ControllerState?,
    forward: (_ dense: Floats) -> Void, velocity: (_ motion: Floats) -> Floats
  ) {
    let support = (slice.rows + 1) / 2
    let queries = slice.rows - support
    var task = slice
    task.batchRows = max(support, 1)
    task.parted = support
    strategy.weigh(task, controller: controller, into: workspace.outputGradient)
    workspace.outputGradient.slice(support * outputs, queries * outputs).fill(0)
    workspace.backward(dense: dense)
    move(dense, by: -rate, along: slot.denseGradient)
    forward(moved)
    let scale = 2 / Float(slice.batchRows)
    ask(slice, from: support, scale, workspace.outputGradient)
    workspace.backward(dense: moved)

    self.velocity.fill(0)
    if queries > 0 {
      let speed = velocity(slot.denseGradient)
      // Of the mean over the slice's own query.
      let factor = 1 / (scale * Float(queries))
      for place in 0..<support * outputs { self.velocity[place] = speed[place] * factor }
    }
    strategy.note(velocity: self.velocity, support: support, rows: slice.rows)
  }

  /// The gradient of scale · Σ cross entropy of the rows from `first` on; others have none.
  private func ask(
    _ slice: StrategySlice, from first: Int, _ scale: Float, _ gradient: Floats
  ) {
    query.evaluate(logits: slice.logits, labels: slice.labels, rows: slice.rows)
    gradient.slice(0, first * outputs).fill(0)
    var sum = 0.0
    for row in first..<slice.rows {
      sum += Double(query.values[row])
      for j in 0..<outputs {
        gradient[row * outputs + j] = scale * query.derivative(0, logit: j)[row]
      }
    }
    queryLoss = sum / Double(slice.rows - first)
  }

  private func move(_ dense: Floats, by factor: Float, along direction: Floats) {
    for place in 0..<moved.count { moved[place] = dense[place] + factor * direction[place] }
  }
}
