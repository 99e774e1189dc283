import Models
import Objectives
import Optimization
import Search

extension ResolvedConfiguration {
  /// Checks what concerns several keys at once; throws at the place of the key to change.
  func checkAgreement() throws(ConfigurationError) {
    let train = configuration.train
    if train.batchSize < 2 * train.slices {
      throw error(
        "train.slices",
        "a batch of \(train.batchSize) cannot be cut into \(train.slices) slices of two rows",
        remedy: "set train.slices to at most \(max(1, train.batchSize / 2)), or a larger batchSize:"
          + " batch norm needs two rows")
    }
    try checkNames()
    try checkModel()
    try checkDrops()
    // How many steps an epoch has is seen with the data.
    if StepCount.read(train.denseWarmUp, stepsPerEpoch: 1) == nil {
      throw error(
        "train.denseWarmUp", "\"\(train.denseWarmUp)\" is no number of steps or epochs",
        remedy: RunConfiguration.warmUpForm)
    }
    if train.plateauFactor > 0, !train.learningRateDrops.isEmpty {
      throw error(
        "train.plateauFactor", "the learning rate drops by train.learningRateDrops already",
        remedy: "leave one of them out")
    }
    let cluster = configuration.cluster
    if cluster.computeThreads > 0, cluster.servers > 0 {
      throw error(
        "cluster.computeThreads",
        "the coordinator cannot compute where servers own the parameters",
        remedy: "set cluster.servers to 0, or start a worker beside the coordinator instead")
    }
    let search = configuration.search
    if search.controllerDelay >= search.every {
      throw error(
        "search.controllerDelay",
        "\(search.controllerDelay) is not less than search.every, \(search.every)",
        remedy: "an update ends before the next begins: set search.controllerDelay to at most"
          + " \(search.every - 1), or a larger search.every")
    }
    try checkLookAhead()
    let temperature = configuration.search.temperature
    if temperature.floor > temperature.start {
      throw error(
        "search.temperature.floor",
        "\(temperature.floor) is above search.temperature.start, \(temperature.start)",
        remedy: "the temperature falls from start to floor: set floor to at most start")
    }
  }

  /// What a controller that looks ahead needs, and what it cannot do.
  private func checkLookAhead() throws(ConfigurationError) {
    let search = configuration.search
    guard search.controller.file.isEmpty, Strategy.learnsFromValidation(configuration.loss) else {
      return
    }
    if search.entropyBonus > 0, search.upper.isFixed {
      throw error(
        "search.entropyBonus",
        "\(search.upper.rawValue) does not depend on the controller's answers",
        remedy: "set search.entropyBonus to 0, or search.upper to paper or normalised")
    }
    if search.aucWeight != RunConfiguration().search.aucWeight, search.upper != .loglossAndAUC {
      throw error(
        "search.aucWeight", "\(search.upper.rawValue) has no part that it would weigh",
        remedy: "leave it out, or set search.upper to logloss+auc")
    }
    // Computing is done in single precision, where less is nothing.
    guard Float(search.virtualStep) > 0 else {
      if search.virtualRule != .sgd {
        throw error(
          "search.virtualRule", "without a virtual step there is no rule for it",
          remedy: "leave it out, or set search.virtualStep above 0")
      }
      guard !search.upper.isFixed else {
        throw error(
          "search.upper",
          "without a virtual step the weights have no part in \(search.upper.rawValue)",
          remedy: "set search.virtualStep above 0, such as to train.learningRate, or search.upper"
            + " to paper")
      }
      return
    }
    if search.virtualRule == .adam, configuration.train.optimizer == .sgd {
      throw error(
        "search.virtualRule", "the network has no Adam to step as: train.optimizer is sgd",
        remedy: "set search.virtualRule to sgd, or train.optimizer to adam or lazyAdam")
    }
    if search.controllerDelay > 0 {
      throw error(
        "search.controllerDelay", "an update that looks ahead cannot be delayed",
        remedy: "set search.controllerDelay to 0, or search.virtualStep to 0 and search.upper to"
          + " paper or normalised")
    }
  }

  /// An option that the model does not have keeps its default.
  private func checkModel() throws(ConfigurationError) {
    let model = configuration.model.name
    for (name, models) in ModelKind.particularOptions where !models.contains(model) {
      let path = "model.\(name)"
      guard let key = ConfigurationKey.named(path) else {
        preconditionFailure("\(path) is not a configuration key")
      }
      let (value, standard) = (key.value(in: configuration), key.value(in: RunConfiguration()))
      if value != standard {
        let owners = models.map(\.rawValue).joined(separator: ", ")
        throw error(
          path, "\(value.yaml) is set, but \(model) has no such option",
          remedy: "leave it out, or set model.name to one of: \(owners)")
      }
    }
  }

  /// Entries must be drops and ascend; how epochs and steps mix is seen with the data.
  private func checkDrops() throws(ConfigurationError) {
    let key = "train.learningRateDrops"
    var reached: [Bool: Int] = [:]
    for text in configuration.train.learningRateDrops {
      guard let drop = LearningRateDrop(text, stepsPerEpoch: 1) else {
        throw error(
          key, "\"\(text)\" does not say when the rate drops to what part of it",
          remedy: LearningRateDrop.form)
      }
      let inEpochs = LearningRateDrop.countsEpochs(text)
      if let before = reached[inEpochs], drop.step <= before {
        throw error(
          key, "\"\(text)\" does not come later than the drop before it",
          remedy: "order the drops by their steps, each at another step")
      }
      reached[inEpochs] = drop.step
    }
  }

  /// Names of losses and strategies are those of their own tables.
  private func checkNames() throws(ConfigurationError) {
    let candidates = try configuration.search.candidates.map { text throws(ConfigurationError) in
      do { return try Loss(text) } catch {
        throw self.error(
          "search.candidates", "\(error)", remedy: "see `autoloss losses` for all losses")
      }
    }
    // Whether a loss is one for the data's labels is seen with the data.
    do { try Strategy.check(configuration.loss, candidates: candidates) } catch {
      switch error {
      case .unknownStrategy, .needsManyRuns, .badLoss, .badWeights, .weightCount, .badParameter,
        .badNumber:
        throw self.error(
          "loss", "\(error)", remedy: "see `autoloss strategies` and `autoloss losses`")
      case .candidateCount, .repeatedCandidate:
        throw self.error("search.candidates", "\(error)", remedy: "change the list")
      }
    }
  }
}
