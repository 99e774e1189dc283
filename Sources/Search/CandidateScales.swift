import Glibc
import Kernels
import Objectives

/// How steep the candidates of a search that looks ahead are, beside each other.
///
/// Such a search judges a loss by the step that the network takes with it, so of losses that point
/// one way it prefers the steeper. The steepness is that of the formula: the mean of Σ_j |∂ℓ/∂z_j|
/// over all labels and over predictions that give the label .05, .15, … .95, so it depends on
/// neither data nor machines. Losses that compare examples are left out.
public struct CandidateScales: Sendable, Equatable {
  /// The candidates that it is about.
  public let candidates: [String]
  /// The steepness of each.
  public let slopes: [Float]

  /// Steeper by more than this is worth a word.
  static let notableRatio: Float = 4

  /// The scales of the candidates of `strategy`; nil where it does not look ahead.
  public init?(_ strategy: Strategy) {
    guard strategy.looksAhead else { return nil }
    let losses = strategy.candidates.filter { !$0.kind.comparesExamples }
    guard !losses.isEmpty else { return nil }
    candidates = losses.map(\.description)
    slopes = Self.slopes(losses, classes: strategy.classes)
  }

  private static func slopes(_ losses: [Loss], classes: Int) -> [Float] {
    let grid = (0..<10).map { (Double($0) + 0.5) / 10 }
    let (rows, outputs) = (classes * grid.count, CandidateTable.outputs(classes: classes))
    let (logits, labels) = (Floats(count: rows * outputs), Floats(count: rows))
    for row in 0..<rows {
      let (label, chance) = (row / grid.count, grid[row % grid.count])
      labels[row] = Float(label)
      if outputs == 1 {
        logits[row] = Float((label == 1 ? 1 : -1) * log(chance / (1 - chance)))
      } else {
        // The other classes share the rest.
        logits[row * outputs + label] = Float(log(chance * Double(classes - 1) / (1 - chance)))
      }
    }
    let table = CandidateTable(losses: losses, classes: classes, maximumRows: rows)
    table.evaluate(logits: logits, labels: labels, rows: rows)
    return losses.indices.map { candidate in
      var sum: Float = 0
      for j in 0..<outputs {
        let column = table.derivative(candidate, logit: j)
        for row in 0..<rows { sum += abs(column[row]) }
      }
      return sum / Float(rows)
    }
  }

  /// What to say of candidates that are far apart; nil where they are not.
  public var notice: String? {
    let ranked = zip(candidates, slopes).filter { $0.1 > 0 }.sorted { $0.1 < $1.1 }
    guard let least = ranked.first, let most = ranked.last,
      most.1 > Self.notableRatio * least.1
    else { return nil }
    let ratio = (most.1 / least.1 * 10).rounded() / 10
    return "the candidates differ in scale: \(most.0) moves predictions \(ratio) times as much as "
      + "\(least.0), and a search that looks ahead leans to what moves them more (docs/search.md)"
  }
}
