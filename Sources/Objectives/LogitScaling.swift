import Glibc
import Kernels

/// A slope and shifts of logits that make predicted probabilities fit the labels of some rows.
///
/// One logit z becomes slope·z + shift; of K logits z_k becomes slope·z_k + shift_k. What a model
/// is worth after that is what it knows of the order of the rows, without how it is calibrated.
/// Sources: Platt, "Probabilistic outputs for support vector machines", 1999; with K logits
/// temperature and bias of Guo et al., ICML 2017.
public struct LogitScaling: Sendable, Equatable, Codable {
  /// What logits are multiplied by.
  public let slope: Double
  /// What is added: one number for one logit, or one for each class, the first of which is 0.
  public let shifts: [Double]

  /// A scaling by given numbers.
  init(slope: Double, shifts: [Double]) { (self.slope, self.shifts) = (slope, shifts) }

  /// How strongly slope and shifts are held at 1 and 0, for each row: too little to be seen, but
  /// they stay finite where rows can be told apart without error or a class does not occur.
  static let ridge = 1e-9
  private static let mostSteps = 50
  private static let smallestGain = 1e-12

  /// The least mean log loss over the rows of `logits` [rows × K, or rows for 2 classes], by
  /// Newton's method in double precision; sums run in the order of the rows.
  ///
  /// Nil where fewer than two classes occur or a logit is not finite.
  public init?(fitting logits: Floats, labels: Floats, classes: Int) {
    guard let first = (0..<labels.count).first.map({ labels[$0] }),
      (0..<labels.count).contains(where: { labels[$0] != first }),
      (0..<logits.count).allSatisfy({ logits[$0].isFinite })
    else { return nil }
    let loss = ScaledLoss(logits: logits, labels: labels, classes: classes)
    var point = [1.0] + [Double](repeating: 0, count: classes - 1)
    var here = loss.derivatives(at: point)
    for _ in 0..<Self.mostSteps {
      let step = here.newtonStep()
      guard zip(step, here.slope).reduce(0, { $0 + $1.0 * $1.1 }) > Self.smallestGain else { break }
      // The loss is convex, but a whole step may lead beyond its floor.
      var share = 1.0
      var next = here
      repeat {
        next = loss.derivatives(at: zip(point, step).map { $0 - share * $1 })
        share /= 2
      } while !(next.value < here.value) && share > 1e-9
      guard next.value < here.value else { break }
      (point, here) = (next.point, next)
    }
    slope = point[0]
    shifts = (classes > 2 ? [0] : []) + point.dropFirst()
  }

  /// The mean log loss of rows whose logits are scaled, in nats; NaN for no rows.
  public func logloss(logits: Floats, labels: Floats) -> Double {
    let outputs = shifts.count
    var scaled = [Double](repeating: 0, count: outputs)
    var sum = 0.0
    for row in 0..<labels.count {
      for place in 0..<outputs {
        scaled[place] = slope * Double(logits[row * outputs + place]) + shifts[place]
      }
      sum +=
        outputs == 1
        ? LogLoss.value(logit: scaled[0], label: Double(labels[row]))
        : Self.logSum(scaled) - scaled[Int(labels[row])]
    }
    return sum / Double(labels.count)
  }

  /// log Σ_k e^{z_k}.
  private static func logSum(_ values: [Double]) -> Double {
    let highest = values.max() ?? 0
    return highest + log(values.reduce(0) { $0 + exp($1 - highest) })
  }
}

/// The mean log loss as a function of slope and shifts; one logit z is two, 0 and z.
private struct ScaledLoss {
  let logits: Floats
  let labels: Floats
  let classes: Int

  /// Value, gradient and second derivatives (row by row) at a point.
  struct Derivatives {
    var point: [Double]
    var value = 0.0
    var slope: [Double]
    var curvature: [Double]
  }

  func derivatives(at point: [Double]) -> Derivatives {
    let count = point.count
    var sums = Derivatives(
      point: point, slope: [Double](repeating: 0, count: count),
      curvature: [Double](repeating: 0, count: count * count))
    var z = [Double](repeating: 0, count: classes)
    var p = z
    for row in 0..<labels.count { add(row, &sums, &z, &p) }
    let share = 1 / Double(labels.count)
    sums.value *= share
    for place in 0..<count { sums.slope[place] *= share }
    for place in 0..<count * count { sums.curvature[place] *= share }
    for place in 0..<count {
      let away = point[place] - (place == 0 ? 1 : 0)
      sums.value += LogitScaling.ridge / 2 * away * away
      sums.slope[place] += LogitScaling.ridge * away
      sums.curvature[place * count + place] += LogitScaling.ridge
    }
    return sums
  }

  /// Adds what one row contributes; `z` and `p` are room for its logits and probabilities.
  private func add(
    _ row: Int, _ sums: inout Derivatives, _ z: inout [Double], _ p: inout [Double]
  ) {
    let (label, count) = (Int(labels[row]), classes)
    for k in 0..<count {
      z[k] =
        count > 2 ? Double(logits[row * count + k]) : k == 0 ? 0 : Double(logits[row])
      p[k] = sums.point[0] * z[k] + (k == 0 ? 0 : sums.point[k])
    }
    let highest = p.max() ?? 0
    let ours = p[label]
    var sum = 0.0
    for k in 0..<count {
      p[k] = exp(p[k] - highest)
      sum += p[k]
    }
    sums.value += highest + log(sum) - ours
    var (mean, square) = (0.0, 0.0)
    for k in 0..<count {
      p[k] /= sum
      mean += p[k] * z[k]
      square += p[k] * z[k] * z[k]
    }
    sums.slope[0] += mean - z[label]
    sums.curvature[0] += square - mean * mean
    for k in 1..<count {
      sums.slope[k] += p[k] - (k == label ? 1 : 0)
      let mixed = p[k] * (z[k] - mean)
      sums.curvature[k] += mixed
      sums.curvature[k * count] += mixed
      for j in 1..<count {
        sums.curvature[k * count + j] += (j == k ? p[k] : 0) - p[j] * p[k]
      }
    }
  }
}

extension ScaledLoss.Derivatives {
  /// What Newton's method subtracts: the solution d of curvature · d = slope, by the factor of
  /// Cholesky; the ridge keeps the curvature positive.
  func newtonStep() -> [Double] {
    let count = slope.count
    var factor = curvature
    var solution = slope
    for i in 0..<count {
      for j in 0...i {
        var rest = curvature[i * count + j]
        for k in 0..<j { rest -= factor[i * count + k] * factor[j * count + k] }
        factor[i * count + j] =
          i == j ? max(rest, LogitScaling.ridge / 2).squareRoot() : rest / factor[j * count + j]
      }
      for k in 0..<i { solution[i] -= factor[i * count + k] * solution[k] }
      solution[i] /= factor[i * count + i]
    }
    for i in (0..<count).reversed() {
      for k in i + 1..<count { solution[i] -= factor[k * count + i] * solution[k] }
      solution[i] /= factor[i * count + i]
    }
    return solution
  }
}
