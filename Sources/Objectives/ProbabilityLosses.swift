import Kernels

/// Losses that are bounded functions of a probability, and the asymmetric focal loss.
extension LossKind {
  static let squaredError = LossKind(
    "mse", "(p − y)² = q_t²", source: "Brier 1950", classes: .squaredError
  ) { _ in
    { Slope(value: $0.wrong * $0.wrong, derivative: -2 * $0.wrong * $0.wrong * $0.right) }
  }

  static let absoluteError = LossKind(
    "mae", "|p − y| = q_t", source: "Ghosh et al., AAAI 2017",
    classes: .ofTrueClass("1 − p_c = ½ Σ_j |p_j − δ_j|")
  ) { _ in
    { Slope(value: $0.wrong, derivative: -$0.right * $0.wrong) }
  }

  static let generalizedCrossEntropy = LossKind(
    "gce", "(1 − p_t^q)/q", source: "Zhang and Sabuncu, NeurIPS 2018, eq. 6",
    [Parameter("q", 0.7, 0.001...1, "0 tends to ce, 1 is mae")],
    classes: .ofTrueClass("(1 − p_c^q)/q")
  ) { parameters in
    let q = parameters[0] ?? 0.7
    return { margin in
      let exponent = margin.surprise * -q
      return Slope(
        value: VectorMath.expm1(exponent) * (-1 / q),
        derivative: -VectorMath.exp(exponent) * margin.wrong)
    }
  }

  static let asymmetric = LossKind(
    "asl", "y = 1: q^γ₊ (−log p); y = 0: p_m^γ₋ (−log(1−p_m)), p_m = max(p − m, 0)",
    source: "Ridnik et al., ICCV 2021, eq. 7",
    [
      Parameter("gamma_pos", 1, 0...16, "focusing of positives"),
      Parameter("gamma_neg", 4, 0...16, "focusing of negatives"),
      Parameter("margin", 0.05, 0...0.99, "negatives predicted below it are left out"),
    ]
  ) { parameters in
    let positiveGamma = parameters[0] ?? 1
    let negativeGamma = parameters[1] ?? 4
    let shift = parameters[2] ?? 0.05
    return { margin in
      let positive = focalSlope(margin, positiveGamma, Octet(repeating: 1))
      let negative = shiftedFocalSlope(margin, negativeGamma, shift)
      return Slope(
        value: margin.choose(positive: positive.value, negative: negative.value),
        derivative: margin.choose(positive: positive.derivative, negative: negative.derivative))
    }
  }

  static let ordinalSquaredError = LossKind(
    "ordinal_mse", source: "regression on the expected class; with one logit it is mse",
    classes: .ordinalSquaredError)

  static let ordinalAbsoluteError = LossKind(
    "ordinal_mae", source: "regression on the expected class; with one logit it is mae",
    classes: .ordinalAbsoluteError)

  static let ordinalCrossEntropy = LossKind(
    "ordinal_ce",
    source: "the K − 1 questions of Cao et al. (CORAL), Pattern Recognit. Lett. 2020, to a softmax",
    classes: .ordinalCrossEntropy)

  /// The part of the asymmetric loss for y = 0, where q_t = p: 0 with slope 0 for p ≤ m.
  private static func shiftedFocalSlope(
    _ margin: Margin, _ gamma: Float, _ shift: Float
  ) -> Slope {
    // Without a shift this is the focal loss, whose logarithms are exact at both ends.
    guard shift > 0 else { return focalSlope(margin, gamma, Octet(repeating: 1)) }
    let excess = (margin.wrong - shift).atLeast(0)
    // 1 − p_m, from p_t and m so that it keeps its precision as p nears 1.
    let rest = (margin.right + shift).atMost(1)
    let surprise = -VectorMath.log(rest)
    let power = VectorMath.power(excess, gamma)
    let growth =
      gamma == 0 ? Octet.zero : gamma * VectorMath.power(excess, gamma - 1) * surprise
    let derivative = -margin.right * margin.wrong * (growth + power / rest)
    let active = excess .> 0
    return Slope(
      value: (power * surprise).atLeast(0),
      derivative: Octet.zero.replacing(with: derivative, where: active .| (excess .!= excess)))
  }
}
