import Optimization

/// Ends a stretch of a run whose learning rate has dropped: it goes on from its last checkpoint, at
/// the rates that the drops say, as a run that was told of them from its start.
struct RateDropped: Error, Equatable {
  /// All drops of the run so far.
  var drops: [LearningRateDrop]
  /// Seconds and examples of the stretches before.
  var seconds = 0.0
  var examples = 0
}
