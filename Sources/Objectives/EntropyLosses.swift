import Glibc
import Kernels

/// Losses built on the logarithm of a probability.
///
/// `ce` and `focal` have no class weight unless told (torchvision's default is α = 0.25): a weight
/// moves the probability at which the loss is least. `kl` of a one-hot label is `ce`, value and
/// gradient.
extension LossKind {
  static let crossEntropy = LossKind(
    "ce", "w_t (−log p_t), w_t = w for y = 1, or 1", source: "the logarithmic score; Good 1952",
    [Parameter("pos_weight", nil, 0...1000, "w, weight of positives; off: 1, calibrated")],
    classes: .ofTrueClass("−log p_c", without: ["pos_weight"])
  ) { parameters in
    guard let weight = parameters[0] else {
      return { Slope(value: $0.surprise, derivative: -$0.wrong) }
    }
    return { margin in
      let weight = margin.choose(
        positive: Octet(repeating: weight), negative: Octet(repeating: 1))
      return Slope(value: weight * margin.surprise, derivative: -weight * margin.wrong)
    }
  }

  static let smoothedCrossEntropy = LossKind(
    "ce_smooth", "−y′ log p − (1−y′) log(1−p), y′ = y(1−ε) + ε/2",
    source: "Szegedy et al., CVPR 2016, §7",
    [Parameter("epsilon", 0.1, 0...1, "label smoothing")], classes: .smoothedCrossEntropy
  ) { parameters in
    let half = (parameters[0] ?? 0) / 2
    return { smoothedEntropy($0, half) }
  }

  static let kullbackLeibler = LossKind(
    "kl", "y′ log(y′/p) + (1−y′) log((1−y′)/(1−p)), y′ = y(1−ε) + ε/2; ε = 0 is ce",
    source: "Kullback and Leibler 1951; smoothing as Szegedy et al., CVPR 2016",
    [Parameter("epsilon", 0.1, 0...1, "label smoothing")], classes: .kullbackLeibler
  ) { parameters in
    let half = (parameters[0] ?? 0) / 2
    let entropy = binaryEntropy(half)
    return { margin in
      var slope = smoothedEntropy(margin, half)
      // Rounding may leave a trace below 0 at the minimum.
      slope.value = (slope.value - entropy).atLeast(0)
      return slope
    }
  }

  static let reverseKullbackLeibler = LossKind(
    "reverse_kl", "p log(p/y′) + (1−p) log((1−p)/(1−y′)), y′ = y(1−ε) + ε/2",
    source: "Kullback and Leibler 1951, arguments exchanged",
    [Parameter("epsilon", 0.1, 1e-6...1, "label smoothing")], classes: .reverseKullbackLeibler
  ) { parameters in
    let half = Double(parameters[0] ?? 0.1) / 2
    let logRight = Float(log1p(-half))
    let logWrong = Float(log(half))
    return { margin in
      let first = margin.right * (margin.surprise + logRight)
      let second = margin.wrong * (margin.counterSurprise + logWrong)
      return Slope(
        value: (-first - second).atLeast(0),
        derivative: margin.right * margin.wrong * (margin.margin - (logRight - logWrong)))
    }
  }

  static let focal = LossKind(
    "focal", "α_t q_t^γ (−log p_t), α_t = α for y = 1, 1−α for y = 0, or 1 without α",
    source: "Lin et al., ICCV 2017, eq. 5",
    [
      Parameter("gamma", 2, 0...16, "how much easy examples fade"),
      Parameter("alpha", nil, 0...1, "weight of positives; off: both classes weigh 1"),
    ], classes: .ofTrueClass("(1 − p_c)^γ (−log p_c)", without: ["alpha"])
  ) { parameters in
    let gamma = parameters[0] ?? 2
    let alpha = parameters[1]
    let (positive, negative) = (alpha ?? 1, alpha.map { 1 - $0 } ?? 1)
    return { margin in
      let weight = margin.choose(
        positive: Octet(repeating: positive), negative: Octet(repeating: negative))
      return focalSlope(margin, gamma, weight)
    }
  }

  static let symmetricCrossEntropy = LossKind(
    "sce", "α(−log p_t) − βA q_t", source: "Wang et al., ICCV 2019, eq. 5 to 7",
    [
      Parameter("alpha", 0.1, 0...1000, "weight of cross entropy"),
      Parameter("beta", 1, 0...1000, "weight of reverse cross entropy"),
      Parameter("A", -4, -1000...0, "what stands for log 0"),
    ], classes: .ofTrueClass("α(−log p_c) − βA (1 − p_c)")
  ) { parameters in
    let alpha = parameters[0] ?? 0.1
    let scale = -(parameters[1] ?? 1) * (parameters[2] ?? -4)
    return {
      Slope(
        value: $0.surprise * alpha + $0.wrong * scale,
        derivative: -$0.wrong * ($0.right * scale + alpha))
    }
  }

  static let polyOne = LossKind(
    "poly1", "−log p_t + ε q_t", source: "Leng et al., ICLR 2022, eq. 4",
    [Parameter("epsilon", 1, 0...1000, "weight of the first polynomial term")],
    classes: .ofTrueClass("−log p_c + ε(1 − p_c)")
  ) { parameters in
    let epsilon = parameters[0] ?? 1
    return {
      Slope(
        value: $0.surprise + $0.wrong * epsilon,
        derivative: -$0.wrong * ($0.right * epsilon + 1))
    }
  }

  /// −(1−h) log p_t − h log q_t with h = ε/2: cross entropy against a smoothed label.
  private static func smoothedEntropy(_ margin: Margin, _ half: Float) -> Slope {
    Slope(
      value: margin.surprise * (1 - half) + margin.counterSurprise * half,
      derivative: half - margin.wrong)
  }

  private static func binaryEntropy(_ probability: Float) -> Float {
    guard probability > 0, probability < 1 else { return 0 }
    let p = Double(probability)
    return Float(-p * log(p) - (1 - p) * log1p(-p))
  }

  /// w q^γ (−log p_t) and its derivative −w q^γ (γ p_t (−log p_t) + q_t).
  static func focalSlope(_ margin: Margin, _ gamma: Float, _ weight: Octet) -> Slope {
    let power = weight * VectorMath.power(margin.wrong, gamma)
    return Slope(
      value: power * margin.surprise,
      derivative: -power * (gamma * margin.right * margin.surprise + margin.wrong))
  }
}
