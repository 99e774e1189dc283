import Glibc

/// The logarithmic loss of predictions, and their probabilities, in double precision.
public enum LogLoss {
  /// −log of the probability that `logit` gives to `label` (0 or 1), in nats; never clipped.
  public static func value(logit: Double, label: Double) -> Double {
    terms(logit: logit, label: label).value
  }

  /// σ(logit).
  public static func probability(logit: Double) -> Double {
    terms(logit: logit, label: 1).probability
  }

  /// softmax(logits), the probabilities of the classes.
  public static func probabilities(logits: some Collection<Float>) -> [Double] {
    let highest = Double(logits.max() ?? 0)
    let powers = logits.map { exp(Double($0) - highest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// The loss and σ(logit), which share an exponential.
  static func terms(logit: Double, label: Double) -> (value: Double, probability: Double) {
    let e = exp(-abs(logit))
    let margin = label == 1 ? logit : -logit
    return (max(-margin, 0) + log1p(e), (logit >= 0 ? 1 : e) / (1 + e))
  }

  /// The mean over predictions that are probabilities, clipped to [2⁻⁵², 1 − 2⁻⁵²] as scikit-learn
  /// clips them; NaN for no predictions.
  public static func mean(probabilities: [Double], labels: [Double]) -> Double {
    precondition(probabilities.count == labels.count, "each probability needs one label")
    var sum = 0.0
    for (probability, label) in zip(probabilities, labels) {
      let p = min(max(probability, Double.ulpOfOne), 1 - Double.ulpOfOne)
      sum -= label == 1 ? log(p) : log(1 - p)
    }
    return sum / Double(labels.count)
  }
}
