import Kernels

/// How parameters move when a gradient comes: the optimizer, as a value.
///
/// The rules differ in meaning, not only in speed:
///
/// - `adam` is the paper's: every row moves in every step, touched or not, as in a dense
///   implementation. Rows catch up what they missed when they are touched or read.
/// - `lazyAdam` moves a row only in the steps that have a gradient for it; bias corrections count
///   all steps.
/// - `sgd` is gradient descent with the dense meaning, with momentum by option.
///
/// Sources: Kingma and Ba, "Adam", ICLR 2015; Loshchilov and Hutter, ICLR 2019 (decoupled decay).
public struct UpdateRule: Sendable, Equatable, Codable {
  /// The families of rules.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Adam, every row in every step.
    case adam
    /// Adam, touched rows only.
    case lazyAdam
    /// Gradient descent.
    case sgd
  }

  /// Where weight decay enters.
  public enum Decay: String, Sendable, Codable, CaseIterable {
    /// Added to the gradient: g ← g + λ·w.
    case coupled
    /// Taken from the weight: w ← (1 − learning rate · λ)·w (AdamW).
    case decoupled
  }

  /// The family.
  public var kind: Kind
  /// The learning rate, more than 0.
  public var learningRate: Double
  /// The decay of the first moment, in [0, 1); Adam only.
  public var beta1: Double
  /// The decay of the second moment, in [0, 1); Adam only.
  public var beta2: Double
  /// What is added to the root of the second moment, more than 0; Adam only.
  public var epsilon: Double
  /// λ, at least 0.
  public var weightDecay: Double
  /// Where λ enters.
  public var decay: Decay
  /// The momentum, in [0, 1); gradient descent only.
  public var momentum: Double
  /// Where the learning rate changes, in ascending order; each factor acts on the rate before it.
  public var learningRateDrops: [LearningRateDrop] = []
  /// Over so many steps the learning rate grows from nothing to what it is; 0 means at once.
  ///
  /// For flat vectors alone, which make every step: rows pass over steps that they have no gradient
  /// in, at the rates of whole stretches.
  public var warmUpSteps = 0

  /// The paper's optimizer; the defaults are those of pytorch-fm's runner.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 1e-6, decay: Decay = .coupled
  ) -> UpdateRule {
    UpdateRule(
      kind: .adam, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, decay: decay, momentum: 0)
  }

  /// Adam that leaves untouched rows alone; decay, if any, acts on touched rows only.
  public static func lazyAdam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, decay: Decay = .coupled
  ) -> UpdateRule {
    UpdateRule(
      kind: .lazyAdam, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, decay: decay, momentum: 0)
  }

  /// Gradient descent.
  public static func sgd(
    learningRate: Double = 0.1, momentum: Double = 0, weightDecay: Double = 0,
    decay: Decay = .coupled
  ) -> UpdateRule {
    UpdateRule(
      kind: .sgd, learningRate: learningRate, beta1: 0, beta2: 0, epsilon: 0,
      weightDecay: weightDecay, decay: decay, momentum: momentum)
  }

  /// What is wrong with the numbers, as a sentence; nil when nothing is.
  public var defect: String? {
    func within(_ name: String, _ value: Double, _ condition: Bool, _ wanted: String) -> String? {
      condition && value.isFinite ? nil : "\(name) is \(value) but must be \(wanted)"
    }
    func share(_ name: String, _ value: Double) -> String? {
      within(name, value, value >= 0 && value < 1, "at least 0 and less than 1")
    }
    let common =
      LearningRateDrop.defect(of: learningRateDrops)
      ?? within("learningRate", learningRate, learningRate > 0, "more than 0")
      ?? within("weightDecay", weightDecay, weightDecay >= 0, "at least 0")
      ?? within("warmUpSteps", Double(warmUpSteps), warmUpSteps >= 0, "at least 0")
    if kind == .sgd { return common ?? share("momentum", momentum) }
    return common ?? share("beta1", beta1) ?? share("beta2", beta2)
      ?? within("epsilon", epsilon, epsilon > 0, "more than 0")
  }

  /// Whether missed steps must be replayed one by one, because coupled decay is so strong that a
  /// weight near 0 overshoots (docs/catching-up.md).
  public var replaysEachStep: Bool {
    kind == .adam && decay == .coupled && learningRate * weightDecay > epsilon
  }

  /// The part of the learning rate that step `step`, counted from 1, is made with.
  public func warmUpFactor(ofStep step: Int) -> Float {
    step < warmUpSteps ? Float(Double(step) / Double(warmUpSteps)) : 1
  }

  /// How many numbers the rule keeps for each weight.
  public var stateCount: Int { kind == .sgd ? (momentum == 0 ? 0 : 1) : 2 }

  /// The names of these numbers, in their order in memory and in files.
  public var stateNames: [String] {
    kind == .sgd ? (momentum == 0 ? [] : ["momentum"]) : ["firstMoment", "secondMoment"]
  }

  /// The rule in the form that the loops use; traps when the numbers have a `defect`.
  public var schedule: RowSchedule {
    if let defect { preconditionFailure("a defect of an update rule: \(defect)") }
    var rate = learningRate
    let later = learningRateDrops.map { drop in
      rate *= drop.factor
      return (afterSteps: drop.step, rule: rowRule(learningRate: rate, isFirst: false))
    }
    return RowSchedule(rowRule(learningRate: learningRate, isFirst: true), later: later)
  }

  private func rowRule(learningRate: Double, isFirst: Bool) -> RowRule {
    let coupled = decay == .coupled ? weightDecay : 0
    let decoupled = decay == .decoupled ? weightDecay : 0
    if kind == .sgd {
      return .linear(
        LinearRule(
          learningRate: learningRate, momentum: momentum, coupledDecay: coupled,
          decoupledDecay: decoupled))
    }
    let adam = AdamRule(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      coupledDecay: coupled, decoupledDecay: decoupled, isFirst: isFirst)
    return kind == .adam ? .adam(adam) : .lazyAdam(adam)
  }
}
