/// Ends a run when validation AUC has stopped rising.
struct EarlyStopping: Sendable, Codable, Equatable {
  /// The best evaluation so far.
  private(set) var best: RunEvaluation?
  /// Evaluations since then.
  private(set) var badEvaluations = 0

  /// Takes in one evaluation and returns it marked as best or not.
  mutating func record(_ evaluation: RunEvaluation) -> RunEvaluation {
    var marked = evaluation
    // An AUC that does not exist, for lack of a class, is beaten by any that does.
    marked.isBest =
      best.map { evaluation.auc > $0.auc || ($0.auc.isNaN && !evaluation.auc.isNaN) } ?? true
    if marked.isBest {
      best = marked
      badEvaluations = 0
    } else {
      badEvaluations += 1
    }
    return marked
  }

  /// True after `patience` evaluations without a new best; a patience of 0 never stops.
  func shouldStop(patience: Int) -> Bool { patience > 0 && badEvaluations >= patience }
}
