import Kernels

/// What the losses of eight examples have in common, computed once for all candidates.
///
/// With label y in {0, 1} and logit z: t = 2y − 1, s = t·z, p_t = σ(s), q_t = 1 − p_t. No quantity
/// is the difference of near equals, so each keeps its relative precision for |z| up to 10⁴.
struct Margin {
  /// t: +1 for y = 1, −1 for y = 0.
  var sign: Octet
  /// s = t·z: positive where the prediction leans to the right side.
  var margin: Octet
  /// p_t: the probability that the label was given.
  var right: Octet
  /// q_t = 1 − p_t.
  var wrong: Octet
  /// −log p_t.
  var surprise: Octet
  /// −log q_t.
  var counterSurprise: Octet

  init(sign: Octet, margin: Octet) {
    // e = e^{−|s|} serves both probabilities and both logarithms.
    let e = VectorMath.exp(-margin.magnitude)
    let larger = 1 / (e + 1)
    let smaller = e * larger
    let rest = VectorMath.log1p(e)
    let leansRight = margin .>= 0
    self.sign = sign
    self.margin = margin
    right = smaller.replacing(with: larger, where: leansRight)
    wrong = larger.replacing(with: smaller, where: leansRight)
    surprise = (rest - margin).replacing(with: rest, where: leansRight)
    counterSurprise = rest.replacing(with: rest + margin, where: leansRight)
  }

  /// σ(z), the predicted probability of y = 1.
  var probability: Octet { wrong.replacing(with: right, where: sign .> 0) }

  /// `positive` where y = 1, `negative` where y = 0.
  func choose(positive: Octet, negative: Octet) -> Octet {
    negative.replacing(with: positive, where: sign .> 0)
  }
}

/// A loss of eight examples and its derivative with respect to the margin s = t·z.
struct Slope {
  var value: Octet
  /// ∂ℓ/∂s; ∂ℓ/∂z is t times this.
  var derivative: Octet
}
