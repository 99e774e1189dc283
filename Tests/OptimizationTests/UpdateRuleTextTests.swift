import Testing

@testable import Optimization

@Suite struct UpdateRuleTextTests {
  private static var dropping: UpdateRule {
    var rule = UpdateRule.adam()
    rule.learningRateDrops = [
      LearningRateDrop(step: 6000, factor: 0.1), LearningRateDrop(step: 7000, factor: 0.5),
    ]
    return rule
  }

  private static var warming: UpdateRule {
    var rule = UpdateRule.sgd(momentum: 0.5)
    rule.warmUpSteps = 12
    return rule
  }

  @Test(arguments: [
    ("adam", UpdateRule.adam()),
    ("adamw", .adam(decay: .decoupled)),
    ("adamw:weightDecay=1e-2", .adam(weightDecay: 1e-2, decay: .decoupled)),
    (
      "adam:learningRate=0.01,beta1=0.8,epsilon=1e-7",
      .adam(
        learningRate: 0.01, beta1: 0.8, epsilon: 1e-7)
    ),
    ("lazyAdam", .lazyAdam()),
    ("sgd:learningRate=0.5,momentum=0.9", .sgd(learningRate: 0.5, momentum: 0.9)),
    ("adam:learningRateDrops=6000:0.1;7000:0.5", dropping),
    ("sgd:momentum=0.5,warmUpSteps=12", warming),
    ("sgd:decay=decoupled,weightDecay=1e-4", .sgd(weightDecay: 1e-4, decay: .decoupled)),
  ])
  func readsAndWrites(text: String, rule: UpdateRule) throws {
    #expect(try UpdateRule(parsing: text) == rule)
    #expect(try UpdateRule(parsing: rule.description) == rule)
  }

  @Test(arguments: [
    ("adma", "there is no update rule \"adma\"; there are adam, lazyAdam, sgd, adamw"),
    ("Adam", "there is no update rule \"Adam\"; there are adam, lazyAdam, sgd, adamw"),
    (
      "adam:momentum=0.9",
      "adam has no \"momentum\" (in \"adam:momentum=0.9\"); it has learningRate, beta1, beta2,"
        + " epsilon, weightDecay, decay, learningRateDrops, warmUpSteps"
    ),
    (
      "adam:learningRateDrops=6000:0.1;1ep:0.1",
      "\"1ep:0.1\" in \"adam:learningRateDrops=6000:0.1;1ep:0.1\" is no drop such as 6000:0.1"
    ),
    (
      "adam:warmUpSteps=1ep",
      "warmUpSteps is \"1ep\" in \"adam:warmUpSteps=1ep\", not a whole number"
    ),
    (
      "adam:warmUpSteps=-1",
      "in \"adam:warmUpSteps=-1\" warmUpSteps is -1.0 but must be at least 0"
    ),
    ("sgd:learningRate", "\"learningRate\" in \"sgd:learningRate\" is not key=value"),
    (
      "sgd:learningRate=fast", "learningRate is \"fast\" in \"sgd:learningRate=fast\", not a number"
    ),
    (
      "sgd:momentum=0.1,momentum=0.2",
      "momentum is given twice in \"sgd:momentum=0.1,momentum=0.2\""
    ),
    (
      "adam:beta2=1",
      "in \"adam:beta2=1\" beta2 is 1.0 but must be at least 0 and less than 1"
    ),
    ("adam:epsilon=0", "in \"adam:epsilon=0\" epsilon is 0.0 but must be more than 0"),
    (
      "adam:learningRate=nan",
      "in \"adam:learningRate=nan\" learningRate is nan but must be more than 0"
    ),
    (
      "adam:decay=none",
      "decay is \"none\" in \"adam:decay=none\" but must be coupled or decoupled"
    ),
  ])
  func refuses(text: String, message: String) {
    #expect(throws: UpdateRuleError(description: message)) { try UpdateRule(parsing: text) }
  }
}
