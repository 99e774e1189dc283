import Optimization

/// Ends a run when its models on the validation rows have stopped getting better, and before that
/// lets the learning rate drop.
///
/// The better model has the higher AUC; where validation rows of one class give none, the lower log
/// loss.
struct EarlyStopping: Sendable, Codable, Equatable {
  /// The best evaluation so far.
  private(set) var best: RunEvaluation?
  /// Evaluations since then.
  private(set) var badEvaluations = 0
  /// Drops of the learning rate so far; nil in what runs without them have saved.
  private var drops: [LearningRateDrop]?
  private var last: Last?

  /// The last evaluation's step, and what stood before it.
  private struct Last: Codable, Equatable {
    var step: Int
    var bestBefore: RunEvaluation?
    var badEvaluationsBefore: Int
  }

  /// Where the learning rate dropped because models did not get better.
  var plateauDrops: [LearningRateDrop] { drops ?? [] }

  /// Takes in one evaluation and returns it marked as best or not; the learning rate drops by
  /// `plateauFactor` after one that is not, unless that is 0.
  mutating func record(
    _ evaluation: RunEvaluation, plateauFactor: Double = 0
  ) -> RunEvaluation {
    var marked = evaluation
    marked.isBest = best.map { evaluation.isBetter(than: $0) } ?? true
    last = Last(step: evaluation.step, bestBefore: best, badEvaluationsBefore: badEvaluations)
    if marked.isBest {
      best = marked
      badEvaluations = 0
    } else {
      badEvaluations += 1
      if plateauFactor > 0 {
        drops = plateauDrops + [LearningRateDrop(step: evaluation.step, factor: plateauFactor)]
      }
    }
    return marked
  }

  /// Takes back the last evaluation if it came after `step` steps.
  mutating func forget(evaluationAfter step: Int) {
    guard let last, last.step == step else { return }
    (best, badEvaluations) = (last.bestBefore, last.badEvaluationsBefore)
    if plateauDrops.last?.step == step { drops?.removeLast() }
    self.last = nil
  }

  /// The steps of the models that may yet be named the best.
  var stepsToKeep: Set<Int> { Set([best, last?.bestBefore].compactMap { $0?.step }) }

  /// True after `patience` evaluations without a new best; a patience of 0 never stops.
  func shouldStop(patience: Int) -> Bool { patience > 0 && badEvaluations >= patience }
}

extension RunEvaluation {
  /// A figure that does not exist is beaten by any that does.
  fileprivate func isBetter(than other: RunEvaluation) -> Bool {
    if auc.isNaN, other.auc.isNaN {
      return logloss < other.logloss || (other.logloss.isNaN && !logloss.isNaN)
    }
    return auc > other.auc || (other.auc.isNaN && !auc.isNaN)
  }
}
