import Models
import Testing

@testable import Training

@Suite struct ConfigurationAgreementTests {
  private static let models = ModelKind.allCases.map(\.rawValue).joined(separator: ", ")

  @Test(arguments: [
    ("train: {batchSize: 7}", "train.slices: a batch of 7 cannot be cut into 4 slices of two rows"),
    ("loss: ce", "loss: \"ce\" is a loss; to train with it alone, write fixed:ce"),
    ("loss: autolos", "loss: there is no strategy \"autolos\" (did you mean \"autoloss\"?)"),
    ("loss: \"fixed:\"", "loss: there is no loss \"\""),
    ("loss: fixed:foca", "loss: there is no loss \"foca\" (did you mean \"focal\"?)"),
    (
      "model: {name: deepfn}",
      "model.name: expected one of \(models), found deepfn, did you mean deepfm?"
    ),
    (
      "loss: weights:1,2", "loss: weights: lists 2 numbers for 3 candidate losses"
    ),
    ("loss: weights:1,x,2", "loss: weights: takes a number for each candidate"),
    ("loss: softadapt:beta=x", "loss: softadapt takes beta, a number from"),
    ("loss: random:2", "loss: random takes no parameters"),
    (
      "search: {virtualStep: 0}",
      "search.upper: without a virtual step the weights have no part in logloss"
    ),
    (
      "search: {virtualStep: 1.0e-46}",
      "search.upper: without a virtual step the weights have no part in logloss"
    ),
    (
      "search: {virtualStep: 0, upper: paper, virtualRule: adam}",
      "search.virtualRule: without a virtual step there is no rule for it"
    ),
    ("search: {aucWeight: 3}", "search.aucWeight: logloss has no part that it would weigh"),
    (
      "search: {virtualStep: 0, upper: logloss+auc}",
      "search.upper: without a virtual step the weights have no part in logloss+auc"
    ),
    (
      "search: {virtualStep: 0.1, upper: logloss, entropyBonus: 0.1}",
      "search.entropyBonus: logloss does not depend on the controller's answers"
    ),
    (
      "search: {virtualStep: 0.1, virtualRule: adam}\ntrain: {optimizer: sgd}",
      "search.virtualRule: the network has no Adam to step as"
    ),
    (
      "search: {virtualStep: 0.1, controllerDelay: 2}",
      "search.controllerDelay: an update that looks ahead cannot be delayed"
    ),
    ("search: {candidates: [ce, kll]}", "search.candidates: there is no loss \"kll\""),
    (
      "search: {candidates: []}",
      "search.candidates: autoloss chooses among 1 to 16 candidate losses, not 0"
    ),
    ("search: {candidates: [ce, ce]}", "search.candidates: the candidate \"ce\" is listed twice"),
    (
      "search: {temperature: {floor: 2}}",
      "search.temperature.floor: 2.0 is above search.temperature.start, 1.0"
    ),
    (
      "search: {controllerDelay: 7}",
      "search.controllerDelay: 7 is not less than search.every, 7"
    ),
    (
      "search: {controllerDelay: 1, every: 1}",
      "search.controllerDelay: 1 is not less than search.every, 1"
    ),
    (
      "train: {learningRateDrops: [6000:0.1, '7000']}",
      "train.learningRateDrops: \"7000\" does not say when the rate drops to what part of it"
    ),
    (
      "train: {learningRateDrops: [1ep:0.1, 6000:0.1, 6000:0.5]}",
      "train.learningRateDrops: \"6000:0.5\" does not come later than the drop before it"
    ),
    (
      "train: {denseWarmUp: 1 epoch}",
      "train.denseWarmUp: \"1 epoch\" is no number of steps or epochs"
    ),
    (
      "model: {name: ipnn, order: 4}",
      "model.order: 4 is set, but ipnn has no such option"
    ),
    (
      "model: {kernel: vec}", "model.kernel: vec is set, but deepfm has no such option"
    ),
    (
      "model: {name: fm, attentionWidth: 8}",
      "model.attentionWidth: 8 is set, but fm has no such option"
    ),
    (
      "cluster: {servers: 2, computeThreads: 1}",
      "cluster.computeThreads: the coordinator cannot compute where servers own the parameters"
    ),
  ])
  func refusesWhatDoesNotGoTogether(yaml: String, what: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.what.hasPrefix(what) == true, "\(error?.what ?? "")")
    #expect(error?.exitCode == .configuration)
  }

  /// What updates on validation batches cannot do is no matter to other strategies.
  @Test(arguments: ["fixed:ce", "al1", "slf", "uncertainty"])
  func othersDoNotLookAhead(loss: String) throws {
    let text = "loss: \(loss)\nsearch: {candidates: [ce, pair], controllerDelay: 2}"
    #expect(try read(text).search.controllerDelay == 2)
  }

  @Test(
    arguments: [
      "fixed:ce", "fixed:focal:gamma=2", "weights:1,0,0.5", "random", "al1", "al2", "autoloss",
      "slf", "darts", "melu", "uncertainty", "softadapt:beta=2",
    ])
  func acceptsStrategies(loss: String) throws {
    #expect(try read("loss: \(loss)").loss == loss)
  }

  @Test func aDelayEndsBeforeTheNextUpdate() throws {
    let delayed = try read("search: {controllerDelay: 6, virtualStep: 0, upper: paper}")
    #expect(delayed.search.controllerDelay == 6)
    let error = #expect(throws: ConfigurationError.self) {
      try read("search: {every: 4, controllerDelay: 4}")
    }
    #expect(error?.remedy.contains("set search.controllerDelay to at most 3") == true)
  }

  @Test func particularOptionsAreForTheirModels() throws {
    let error = #expect(throws: ConfigurationError.self) { try read("model: {order: 4}") }
    #expect(error?.remedy == "leave it out, or set model.name to one of: hofm")
    #expect(try read("model: {name: hofm, order: 4}").model.particular.order == 4)
    #expect(try read("model: {name: opnn, kernel: num}").model.particular.kernel == .num)
    #expect(try read("model: {name: afm, attentionWidth: 8}").model.particular.attentionWidth == 8)
    // As a resolved file says it.
    #expect(try read("model: {name: deepfm, order: 3, kernel: mat}").model.name == .deepfm)
  }

  @Test func aFixedLossNeedsNoCandidates() throws {
    #expect(try read("{loss: 'fixed:ce', search: {candidates: [ce]}}").search.candidates == ["ce"])
    // Whether a loss is one for the data is seen with the data.
    #expect(try read("{loss: 'fixed:ordinal_mse'}").loss == "fixed:ordinal_mse")
  }
}
