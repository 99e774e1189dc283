import Kernels

/// Losses that are 0, or nearly, once the margin is large enough.
///
/// None is `HingeEmbeddingLoss(z, 1 − 2y)`, which is z itself for y = 0 and has no lower bound: a
/// controller that chooses the smallest loss would choose it always.
extension LossKind {
  static let hinge = LossKind(
    "hinge", "max(0, 1 − s)", source: "Cortes and Vapnik 1995, on the logit", classes: .hinge
  ) { _ in
    { margin in
      let active = margin.margin .< 1
      return Slope(
        value: (1 - margin.margin).atLeast(0),
        derivative: Octet.zero.replacing(with: -1, where: active))
    }
  }

  static let probabilityHinge = LossKind(
    "hinge_probability", "max(0, 1 − t·p), t = ±1",
    source: "the literal reading of ℓ(y, ŷ) with ŷ = σ(z); Zhao et al., KDD 2021, §2.2.4",
    classes: .probabilityHinge
  ) { _ in
    { margin in
      // 1 − t·p is q_t for y = 1 and 1 + q_t for y = 0, so it is never negative.
      let offset = margin.choose(positive: .zero, negative: Octet(repeating: 1))
      return Slope(value: margin.wrong + offset, derivative: -margin.right * margin.wrong)
    }
  }

  static let tanhHinge = LossKind(
    "hinge_tanh", "max(0, 1 − t(2p−1)) = 2q_t", source: "the hinge on 2σ(z) − 1 = tanh(z/2)"
  ) { _ in
    { Slope(value: $0.wrong * 2, derivative: -2 * $0.right * $0.wrong) }
  }

  static let squaredHinge = LossKind(
    "squared_hinge", "max(0, 1 − s)²", source: "the L2 support vector machine; Chang 2008",
    classes: .squaredHinge
  ) { _ in
    { margin in
      let gap = (1 - margin.margin).atLeast(0)
      return Slope(value: gap * gap, derivative: -2 * gap)
    }
  }
}
