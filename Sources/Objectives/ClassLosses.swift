import Glibc
import Kernels

/// Losses with K classes that depend on more than the probability of the true class.
///
/// What public implementations call by the same names may be something else. A divergence here is
/// one of distributions, summed over classes; `KLDivLoss` of torch takes logarithms and by default
/// divides by the number of elements. The hinge is Crammer and Singer's; `categorical_hinge` of
/// Keras lets the true class compete with 0, and torch's `MultiMarginLoss` adds up all rivals.
extension ClassForm {
  static let smoothedCrossEntropy = ClassForm("−Σ_j y′_j log p_j, y′ = (1−ε)δ + ε/K") {
    parameters, classes in
    let label = SmoothedLabel(parameters[0] ?? 0, classes)
    return { smoothedEntropy($0, label, $1) }
  }

  static let kullbackLeibler = ClassForm(
    "Σ_j y′_j log(y′_j/p_j), y′ = (1−ε)δ + ε/K; ε = 0 is ce"
  ) { parameters, classes in
    let label = SmoothedLabel(parameters[0] ?? 0, classes)
    // Rounding may leave a trace below 0 at the minimum.
    return { (smoothedEntropy($0, label, $1) - label.entropy).atLeast(0) }
  }

  static let reverseKullbackLeibler = ClassForm(
    "Σ_j p_j log(p_j/y′_j), y′ = (1−ε)δ + ε/K"
  ) { parameters, classes in
    let label = SmoothedLabel(parameters[0] ?? 0, classes)
    let (logOwn, logRest) = (log(label.own), log(label.rest))
    return { margins, slopes in
      var mean = Octet.zero
      for j in 0..<classes {
        let logLabel = Octet(repeating: logRest).replacing(with: logOwn, where: margins.isLabel(j))
        let ratio = margins.logProbability(j) - logLabel
        mean.addProduct(margins.probability(j), ratio)
        slopes.set(j, ratio)
      }
      for j in 0..<classes {
        slopes.set(j, margins.probability(j) * (slopes.slope(j) - mean))
      }
      return mean.atLeast(0)
    }
  }

  static let squaredError = ClassForm("Σ_j (p_j − δ_j)², a sum over classes") { _, classes in
    { margins, slopes in
      let (right, wrong) = (margins.margin.right, margins.margin.wrong)
      let others = margins.others
      let squares = others.highest * others.highest + others.squares
      let value = wrong * wrong * (squares + 1)
      for j in 0..<classes {
        // r_j − Σr²; that of the rival, which may be nearly 1, without taking it from 1.
        let excess = (margins.share(j) - squares).replacing(
          with: others.highest * others.sum - others.squares, where: margins.isRival(j))
        let slope = 2 * margins.probability(j) * wrong * (excess + right * (squares + 1))
        slopes.set(j, slope.replacing(with: -2 * right * value, where: margins.isLabel(j)))
      }
      return value
    }
  }

  static let hinge = ClassForm("max(0, 1 + max_{j≠c} z_j − z_c); Crammer and Singer 2001") { _, _ in
    { margins, slopes in
      slopes.compete(Octet.zero.replacing(with: 1, where: margins.lead .< 1), margins)
      return (1 - margins.lead).atLeast(0)
    }
  }

  static let squaredHinge = ClassForm("max(0, 1 + max_{j≠c} z_j − z_c)²") { _, _ in
    { margins, slopes in
      let gap = (1 - margins.lead).atLeast(0)
      slopes.compete(2 * gap, margins)
      return gap * gap
    }
  }

  static let probabilityHinge = ClassForm("1 + max_{j≠c} p_j − p_c, always active") { _, classes in
    { margins, slopes in
      let (right, wrong) = (margins.margin.right, margins.margin.wrong)
      let others = margins.others
      let highest = others.highest * wrong
      for j in 0..<classes {
        let slope = (margins.probability(j) * (right - highest)).replacing(
          with: highest * (right * 2 + others.sum * wrong), where: margins.isRival(j))
        slopes.set(j, slope.replacing(with: -right * (highest + wrong), where: margins.isLabel(j)))
      }
      return wrong + highest
    }
  }

  /// The question whether c > k has the logit log P(c > k) − log P(c ≤ k).
  static let ordinalCrossEntropy = ClassForm(
    "Σ_{k<K−1} ce of whether c > k, which has the probability Σ_{j>k} p_j"
  ) { _, classes in
    { margins, slopes in
      for j in 0..<classes { slopes.set(j, .zero) }
      var value = Octet.zero
      var below = margins.logProbability(0)
      for k in 0..<classes - 1 {
        if k > 0 { below = logSum(below, margins.logProbability(k)) }
        var above = margins.logProbability(classes - 1)
        for j in k + 1..<classes - 1 { above = logSum(above, margins.logProbability(j)) }
        let isAbove = margins.label .> Octet(repeating: Float(k))
        let sign = Octet(repeating: -1).replacing(with: 1, where: isAbove)
        let margin = Margin(sign: sign, margin: sign * (above - below))
        value += margin.surprise
        let push = sign * margin.wrong
        for j in 0..<classes {
          let part = VectorMath.exp(margins.logProbability(j) - (j > k ? above : below))
          slopes.set(j, slopes.slope(j) + (j > k ? -push : push) * part)
        }
      }
      return value
    }
  }

  static let ordinalSquaredError = ClassForm("(E − c)², E = Σ_j j p_j") { _, _ in
    { margins, slopes in
      let gap = expectation(margins)
      spread(2 * gap, gap, margins, slopes)
      return gap * gap
    }
  }

  static let ordinalAbsoluteError = ClassForm("|E − c|, E = Σ_j j p_j") { _, _ in
    { margins, slopes in
      let gap = expectation(margins)
      let sign = Octet.zero.replacing(with: 1, where: gap .> 0).replacing(with: -1, where: gap .< 0)
      spread(sign, gap, margins, slopes)
      return gap.magnitude
    }
  }
}

extension ClassForm {
  /// A label of which ε is spread over all classes.
  private struct SmoothedLabel {
    /// y′ of the true class and of each other.
    let own: Float
    let rest: Float
    /// −Σ y′ log y′.
    let entropy: Float
    /// 1 − y′ of the true class.
    let doubt: Float

    init(_ epsilon: Float, _ classes: Int) {
      let rest = Double(epsilon) / Double(classes)
      let doubt = rest * Double(classes - 1)
      let own = 1 - doubt
      (self.own, self.rest, self.doubt) = (Float(own), Float(rest), Float(doubt))
      entropy = Float(rest > 0 ? -own * log1p(-doubt) - doubt * log(rest) : 0)
    }
  }

  /// −Σ_j y′_j log p_j and its derivatives p_j − y′_j.
  private static func smoothedEntropy(
    _ margins: ClassMargins, _ label: SmoothedLabel, _ slopes: ClassSlopes
  ) -> Octet {
    let margin = margins.margin
    var logShares = Octet.zero
    for j in 0..<margins.classes {
      logShares += margins.logShare(j)
      let slope = margins.probability(j) - label.rest
      slopes.set(
        j, slope.replacing(with: label.doubt - margin.wrong, where: margins.isLabel(j)))
    }
    let rivals = margin.counterSurprise * Float(margins.classes - 1) - logShares
    return margin.surprise * label.own + rivals * label.rest
  }

  /// log(e^a + e^b).
  private static func logSum(_ a: Octet, _ b: Octet) -> Octet {
    let highest = a.replacing(with: b, where: b .> a)
    return highest + VectorMath.log1p(VectorMath.exp(-(a - b).magnitude))
  }

  /// E − c = Σ_{j≠c} (j − c) p_j.
  private static func expectation(_ margins: ClassMargins) -> Octet {
    var gap = Octet.zero
    for j in 0..<margins.classes {
      gap.addProduct(margins.probability(j), Float(j) - margins.label)
    }
    return gap
  }

  /// ∂/∂z_j of a function of E with this slope: slope · p_j (j − E), `gap` being E − c.
  private static func spread(
    _ slope: Octet, _ gap: Octet, _ margins: ClassMargins, _ slopes: ClassSlopes
  ) {
    for j in 0..<margins.classes {
      slopes.set(j, slope * margins.probability(j) * (Float(j) - margins.label - gap))
    }
  }
}
