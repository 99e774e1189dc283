import Optimization

extension RunConfiguration {
  /// How rows move; throws for drops of the learning rate that are none or do not ascend, and for
  /// those that count epochs (`withDropsInSteps` turns them into steps). `found` are those that the
  /// run has come to by itself.
  func rowRule(_ found: [LearningRateDrop] = []) throws(Failure) -> UpdateRule {
    try rule(learningRate: train.learningRate, weightDecay: train.weightDecay, found)
  }

  /// How the dense vector moves: as rows do where nothing else is said, but for its warm-up; throws
  /// as `rowRule`.
  func denseRule(_ found: [LearningRateDrop] = []) throws(Failure) -> UpdateRule {
    let (rate, decay) = (train.denseLearningRate, train.denseWeightDecay)
    var rule = try rule(
      learningRate: rate > 0 ? rate : train.learningRate,
      weightDecay: decay >= 0 ? decay : train.weightDecay, found)
    rule.warmUpSteps = try warmUpSteps(stepsPerEpoch: nil)
    return rule
  }

  /// What bounds the gradients of rows, if anything does.
  var gradientClip: GradientClip? {
    train.cowClip > 0 ? GradientClip(ratio: train.cowClip, floor: train.cowClipFloor) : nil
  }

  private func rule(
    learningRate: Double, weightDecay: Double, _ found: [LearningRateDrop]
  ) throws(Failure) -> UpdateRule {
    let decay: UpdateRule.Decay = train.decay == .coupled ? .coupled : .decoupled
    var rule: UpdateRule =
      switch train.optimizer {
      case .adam: .adam(learningRate: learningRate, weightDecay: weightDecay, decay: decay)
      case .lazyAdam: .lazyAdam(learningRate: learningRate, weightDecay: weightDecay, decay: decay)
      case .sgd: .sgd(learningRate: learningRate, weightDecay: weightDecay, decay: decay)
      }
    rule.learningRateDrops = try drops(stepsPerEpoch: nil) + found
    return rule
  }

  /// The same run with warm-up and drops of the learning rate counted in steps, so that what is
  /// kept of a run can be used without its data.
  func withDropsInSteps(trainingRows: Int) throws(Failure) -> RunConfiguration {
    let schedule = Schedule(
      rows: trainingRows, batchSize: train.batchSize, epochs: train.epochs, maximumSteps: 0,
      evaluateEverySteps: 0)
    var resolved = self
    resolved.train.learningRateDrops = try drops(stepsPerEpoch: schedule.stepsPerEpoch)
      .map(\.description)
    resolved.train.denseWarmUp = "\(try warmUpSteps(stepsPerEpoch: schedule.stepsPerEpoch))"
    return resolved
  }

  /// The same run as others are told of it: what it has found is part of what it is.
  func told(_ found: [LearningRateDrop]) -> RunConfiguration {
    var told = self
    told.train.learningRateDrops += found.map(\.description)
    told.train.plateauFactor = 0
    return told
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

  private func warmUpSteps(stepsPerEpoch: Int?) throws(Failure) -> Int {
    let text = train.denseWarmUp
    guard let steps = StepCount.read(text, stepsPerEpoch: stepsPerEpoch ?? 1),
      stepsPerEpoch != nil || !StepCount.isInEpochs(text)
    else {
      throw Failure(
        "train.denseWarmUp: \"\(text)\" is no number of steps or epochs",
        at: "train.denseWarmUp", remedy: Self.warmUpForm, exitCode: .configuration)
    }
    return steps
  }

  /// How a warm-up is written, for messages.
  static let warmUpForm =
    "write steps, such as 500, or epochs with `ep`, such as 1ep; 0 means no warm-up"

  private static func failure(_ problem: String) -> Failure {
    Failure(
      "train.learningRateDrops: \(problem)", at: "train.learningRateDrops",
      remedy: "\(LearningRateDrop.form), each later than the one before it",
      exitCode: .configuration)
  }
}
