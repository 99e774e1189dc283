import Optimization

extension RunConfiguration {
  /// How W moves; throws for drops of the learning rate that are none or do not ascend, and for
  /// those that count epochs (`withDropsInSteps` turns them into steps).
  func weightRule() throws(Failure) -> UpdateRule {
    let decay: UpdateRule.Decay = train.decay == .coupled ? .coupled : .decoupled
    var rule: UpdateRule =
      switch train.optimizer {
      case .adam:
        .adam(
          learningRate: train.learningRate, weightDecay: train.weightDecay, decay: decay)
      case .lazyAdam:
        .lazyAdam(
          learningRate: train.learningRate, weightDecay: train.weightDecay, decay: decay)
      case .sgd:
        .sgd(learningRate: train.learningRate, weightDecay: train.weightDecay, decay: decay)
      }
    rule.learningRateDrops = try drops(stepsPerEpoch: nil)
    return rule
  }

  /// The same run with all drops of the learning rate counted in steps, so that what is kept of a
  /// run can be used without its data.
  func withDropsInSteps(trainingRows: Int) throws(Failure) -> RunConfiguration {
    let schedule = Schedule(
      rows: trainingRows, batchSize: train.batchSize, epochs: train.epochs, maximumSteps: 0,
      evaluateEverySteps: 0)
    var resolved = self
    resolved.train.learningRateDrops = try drops(stepsPerEpoch: schedule.stepsPerEpoch)
      .map(\.description)
    return resolved
  }

  private func drops(stepsPerEpoch: Int?) throws(Failure) -> [LearningRateDrop] {
    let drops = try train.learningRateDrops.map { text throws(Failure) in
      guard let drop = LearningRateDrop(text, stepsPerEpoch: stepsPerEpoch ?? 1),
        stepsPerEpoch != nil || !LearningRateDrop.countsEpochs(text)
      else {
        throw Self.failure("\"\(text)\" does not say when the rate drops to what part of it")
      }
      return drop
    }
    if let defect = LearningRateDrop.defect(of: drops) { throw Self.failure(defect) }
    return drops
  }

  private static func failure(_ problem: String) -> Failure {
    Failure(
      "train.learningRateDrops: \(problem)", at: "train.learningRateDrops",
      remedy: "\(LearningRateDrop.form), each later than the one before it",
      exitCode: .configuration)
  }
}
