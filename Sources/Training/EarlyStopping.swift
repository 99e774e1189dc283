/// Ends a run when its models on the validation rows have stopped getting better.
///
/// The better model has the higher AUC; where validation rows of one class give none, the lower log
/// loss.
struct EarlyStopping: Sendable, Codable, Equatable {
  /// The best evaluation so far.
  private(set) var best: RunEvaluation?
  /// Evaluations since then.
  private(set) var badEvaluations = 0
  private var last: Last?

  /// The last evaluation's step, and what stood before it.
  private struct Last: Codable, Equatable {
    var step: Int
    var bestBefore: RunEvaluation?
    var badEvaluationsBefore: Int
  }

  /// Takes in one evaluation and returns it marked as best or not.
  mutating func record(_ evaluation: RunEvaluation) -> RunEvaluation {
    var marked = evaluation
    marked.isBest = best.map { evaluation.isBetter(than: $0) } ?? true
    last = Last(step: evaluation.step, bestBefore: best, badEvaluationsBefore: badEvaluations)
    if marked.isBest {
      best = marked
      badEvaluations = 0
    } else {
      badEvaluations += 1
    }
    return marked
  }

  /// Takes back the last evaluation if it came after `step` steps.
  mutating func forget(evaluationAfter step: Int) {
    guard let last, last.step == step else { return }
    (best, badEvaluations) = (last.bestBefore, last.badEvaluationsBefore)
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
