/// How steps fall into epochs.
struct Schedule: Sendable, Equatable {
  /// Steps of one epoch.
  let stepsPerEpoch: Int
  /// Steps of the whole run.
  let totalSteps: Int
  /// An evaluation follows every so many steps.
  let evaluationInterval: Int

  /// - Parameters:
  ///   - maximumSteps: 0 for no limit but the epochs.
  ///   - evaluateEverySteps: 0 for once an epoch.
  init(rows: Int, batchSize: Int, epochs: Int, maximumSteps: Int, evaluateEverySteps: Int) {
    stepsPerEpoch = (rows + batchSize - 1) / batchSize
    let wanted = stepsPerEpoch * epochs
    totalSteps = maximumSteps > 0 ? min(wanted, maximumSteps) : wanted
    evaluationInterval = evaluateEverySteps > 0 ? evaluateEverySteps : max(stepsPerEpoch, 1)
  }

  /// The epoch of a step and its number inside the epoch.
  func place(of step: Int) -> (epoch: Int, step: Int) {
    (step / max(stepsPerEpoch, 1), step % max(stepsPerEpoch, 1))
  }

  /// True when an epoch ends with `step` steps done.
  func endsEpoch(after step: Int) -> Bool { stepsPerEpoch > 0 && step % stepsPerEpoch == 0 }

  /// True when the course of the run has a point with `step` steps done: about 200 of them in a
  /// run, and 20 at least in an epoch, for patience may end a run long before its last step.
  func hasPoint(after step: Int) -> Bool {
    step % max(1, min(totalSteps / 200, stepsPerEpoch / 20)) == 0
  }

  /// True when the model is evaluated with `step` steps done.
  func evaluates(after step: Int) -> Bool { step % evaluationInterval == 0 || step == totalSteps }
}
