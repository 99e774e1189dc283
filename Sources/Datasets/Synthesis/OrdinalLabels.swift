import Glibc

/// Labels of K ordered classes from one latent score, as people give stars.
///
///     label = number of thresholds θ_k below z* + ε, ε logistic;   P(label ≥ k) = σ(z* − θ_k)
///
/// The thresholds make all classes about equally frequent. Of two classes the one threshold is 0,
/// and P(1) = σ(z*). This is the proportional-odds model: McCullagh, J. R. Stat. Soc. B, 1980.
struct OrdinalLabels: Sendable {
  /// The most classes that labels are made of.
  static let maximumClasses = 20

  /// θ_1 … θ_(K−1), ascending.
  let thresholds: [Double]

  /// Labels of `classes` classes where z* is about normal.
  init(classes: Int, mean: Double, variance: Double) {
    thresholds =
      classes == 2
      ? [0]
      : (1..<classes).map { k in
        mean - Self.mean(ofRate: 1 - Double(k) / Double(classes), variance: variance)
      }
  }

  /// How many classes there are.
  var classes: Int { thresholds.count + 1 }

  /// The label of a row with this latent score and a number that is uniform in (0, 1).
  @inline(__always)
  func label(logit: Double, uniform: Double) -> Int {
    var label = 0
    while label < thresholds.count, uniform < Self.sigmoid(logit - thresholds[label]) {
      label += 1
    }
    return label
  }

  /// P(label = k).
  func probability(of k: Int, logit: Double) -> Double {
    let above = k == 0 ? 1 : Self.sigmoid(logit - thresholds[k - 1])
    return above - (k == thresholds.count ? 0 : Self.sigmoid(logit - thresholds[k]))
  }

  private static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  /// The mean at which σ(z) is `rate` on average when z is normal.
  static func mean(ofRate rate: Double, variance: Double) -> Double {
    let reach = max(10, 4 * variance.squareRoot())
    var low = -reach
    var high = reach
    for _ in 0..<60 {
      let middle = (low + high) / 2
      var mean = 0.0
      var weights = 0.0
      for step in -400...400 {
        let deviation = Double(step) * 0.015
        let weight = exp(-deviation * deviation / 2)
        mean += weight / (1 + exp(-(middle + deviation * variance.squareRoot())))
        weights += weight
      }
      (low, high) = mean / weights < rate ? (middle, high) : (low, middle)
    }
    return low
  }
}

/// How well the true probabilities of K ordered classes predict the labels drawn from them.
///
/// Each class against the others is a `BayesScore`; sums are integers, so they depend neither on
/// the order of rows nor on the number of threads.
struct OrdinalScore: Sendable {
  private let labels: OrdinalLabels
  private var each: [BayesScore]
  private var loss: Int64 = 0
  private static let unit = 0x1p32

  init(_ labels: OrdinalLabels) {
    self.labels = labels
    each = Array(repeating: BayesScore(), count: labels.classes)
  }

  /// Adds a row.
  mutating func add(logit: Double, label: Int) {
    for k in each.indices {
      let probability = min(max(labels.probability(of: k, logit: logit), 1e-300), 1 - 1e-16)
      each[k].add(logit: log(probability / (1 - probability)), isPositive: k == label)
      if k == label { loss += Int64(-log(probability) * Self.unit) }
    }
  }

  /// Adds the rows of another score.
  mutating func merge(_ other: OrdinalScore) {
    for k in each.indices { each[k].merge(other.each[k]) }
    loss += other.loss
  }

  /// How many rows have each label.
  var counts: [Int] { each.map(\.positives) }

  /// Mean negative log-likelihood.
  var logloss: Double { Double(loss) / Self.unit / Double(max(each[0].rows, 1)) }

  /// The mean over classes of the area under the ROC curve of each against the others.
  var areaUnderCurve: Double {
    each.reduce(0) { $0 + $1.areaUnderCurve } / Double(each.count)
  }

  /// The same, classes weighted by how frequent they are.
  var weightedAreaUnderCurve: Double {
    each.reduce(0) { $0 + $1.areaUnderCurve * Double($1.positives) }
      / Double(max(each[0].rows, 1))
  }
}
