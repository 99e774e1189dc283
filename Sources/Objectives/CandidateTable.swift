import Kernels

/// The values and derivatives of n candidate losses on the rows of one slice.
///
/// One thread owns a table; evaluating allocates nothing. Column i of `values` begins at
/// i × `columnLength` and holds ℓ_i of each row; `derivatives` holds ∂ℓ_i/∂z likewise, with K
/// classes ∂ℓ_i/∂z_j in column i·K + j. Of losses that compare examples the derivatives are those
/// of what each row costs by itself: `addComparisons` and `addComparisonMotions` add the rest.
public final class CandidateTable {
  /// The candidates, in column order.
  public let losses: [Loss]
  /// How many classes labels are of; 2 are told apart by one logit.
  public let classes: Int
  /// How far the columns lie apart: the largest number of rows, rounded up to whole octets.
  public let columnLength: Int
  /// ℓ_i of each row, n columns.
  public let values: Floats
  /// ∂ℓ_i/∂z of each row, a column for each candidate and logit.
  public let derivatives: Floats
  /// ŷ of each row: σ(z) in one column, or softmax(z) in K.
  public let probabilities: Floats
  private let signs: Floats
  private let margins: Floats
  /// What `standardise` multiplied each column with.
  private let factors: Floats
  private let formulas: [LossKind.Formula]
  private let classFormulas: [ClassFormula]
  private let classMargins: ClassMargins?
  private let comparisons: [(candidate: Int, formula: any SliceFormula)]
  private let scores: SliceScores?

  /// A table of `losses` for slices of at most `maximumRows` rows; traps for a loss that cannot be
  /// computed with so many classes.
  public init(losses: [Loss], classes: Int = 2, maximumRows: Int) {
    precondition(!losses.isEmpty, "a table of candidate losses needs at least one")
    precondition(maximumRows > 0, "a table of candidate losses needs room for a row")
    precondition(classes >= 2, "labels are of two classes at least")
    self.losses = losses
    self.classes = classes
    columnLength = Octet.padded(maximumRows)
    let outputs = Self.outputs(classes: classes)
    values = Floats(count: losses.count * columnLength)
    derivatives = Floats(count: losses.count * outputs * columnLength)
    probabilities = Floats(count: outputs * columnLength)
    let isBinary = classes == 2
    signs = Floats(count: isBinary ? columnLength : 0)
    margins = Floats(count: isBinary ? columnLength : 0)
    comparisons = losses.enumerated().compactMap { candidate, loss in
      loss.sliceFormula.map { (candidate, $0) }
    }
    precondition(
      !isBinary || losses.allSatisfy { $0.kind.definition != nil },
      "a loss needs more than two classes")
    formulas = isBinary ? losses.compactMap(\.formula) : []
    factors = Floats(count: losses.count)
    scores = comparisons.isEmpty ? nil : SliceScores(capacity: columnLength)
    classFormulas = isBinary ? [] : losses.map { $0.classFormula(classes) }
    classMargins = isBinary ? nil : ClassMargins(classes: classes)
  }

  /// How many logits a row has with so many classes.
  public static func outputs(classes: Int) -> Int { classes > 2 ? classes : 1 }

  /// Whether a candidate compares examples.
  public var comparesExamples: Bool { scores != nil }

  /// How many logits a row has.
  public var outputs: Int { Self.outputs(classes: classes) }

  /// Column i of the values, whole octets long.
  public func value(_ candidate: Int) -> Floats {
    values.slice(candidate * columnLength, columnLength)
  }

  /// Column i of the derivatives, or that of logit j among K, whole octets long.
  public func derivative(_ candidate: Int, logit j: Int = 0) -> Floats {
    derivatives.slice((candidate * outputs + j) * columnLength, columnLength)
  }

  /// Computes every column from the first `rows` logits and labels: one logit and a label 0 or 1,
  /// or logits [rows × K] and labels 0 … K − 1.
  ///
  /// The rows that fill up the last octet count as z = 0, y = 0; their results mean nothing. Where
  /// the rows are `parted`, those from that one on are compared apart, among themselves; what is
  /// added afterwards is of the rows before it.
  public func evaluate(logits: Floats, labels: Floats, rows: Int, parted: Int? = nil) {
    precondition(rows <= columnLength, "\(rows) rows do not fit a table of \(columnLength)")
    precondition(
      logits.count >= rows * outputs && labels.count >= rows, "fewer logits or labels than rows")
    if let classMargins {
      evaluate(classMargins, logits: logits, labels: labels, rows: rows)
    } else {
      evaluateBinary(logits: logits, labels: labels, rows: rows)
      compare(logits, labels, (parted ?? rows)..<rows)
      compare(logits, labels, 0..<(parted ?? rows))
    }
  }

  private func evaluateBinary(logits: Floats, labels: Floats, rows: Int) {
    let padded = Octet.padded(rows)
    for row in 0..<rows {
      let sign = 2 * labels[row] - 1
      signs[row] = sign
      margins[row] = sign * logits[row]
    }
    for row in rows..<padded {
      signs[row] = -1
      margins[row] = 0
    }
    for start in stride(from: 0, to: padded, by: 8) {
      let sign = signs.octet(at: start)
      let margin = Margin(sign: sign, margin: margins.octet(at: start))
      probabilities.setOctet(margin.probability, at: start)
      for (candidate, formula) in formulas.enumerated() {
        let slope = formula(margin)
        values.setOctet(slope.value, at: candidate * columnLength + start)
        derivatives.setOctet(sign * slope.derivative, at: candidate * columnLength + start)
      }
    }
  }

  /// Compares the rows of a range with each other.
  private func compare(_ logits: Floats, _ labels: Floats, _ range: Range<Int>) {
    guard let scores else { return }
    factors.fill(1)
    let (first, rows) = (range.lowerBound, range.count)
    scores.load(logits: logits.slice(first, rows), labels: labels.slice(first, rows), rows: rows)
    for (candidate, formula) in comparisons {
      formula.addValues(scores, to: value(candidate).slice(first, rows))
    }
  }

  /// gradient_b += scale · Σ_a w_a ∂ℓ_a/∂z_b of what examples that were evaluated last cost
  /// together; `weights` holds a column for each candidate.
  public func addComparisons(weights: Floats, scale: Float, into gradient: Floats) {
    guard let scores else { return }
    for (candidate, formula) in comparisons {
      formula.addGradient(
        scores, weights: weights.slice(candidate * columnLength, columnLength),
        scale: scale * factors[candidate], into: gradient)
    }
  }

  /// motion_b += Σ_a ∂ℓ_b/∂z_a ż_a of what examples that were evaluated last cost together, for
  /// logits that move by `velocity`; `motions` holds a column for each candidate.
  public func addComparisonMotions(velocity: Floats, into motions: Floats) {
    guard let scores else { return }
    for (candidate, formula) in comparisons {
      formula.addMotion(
        scores, velocity: velocity,
        into: motions.slice(candidate * columnLength, columnLength))
    }
  }

  /// Takes from each column of the last values its mean over the rows and divides by its standard
  /// deviation, derivatives and what `addComparisons` adds by that alone: neither counts as
  /// depending on the logits. A column of equal values becomes 0.
  public func standardise(rows: Int) {
    guard rows > 0 else { return }
    for candidate in losses.indices {
      let column = value(candidate)
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<rows { sum += Double(column[row]) }
      let mean = sum / Double(rows)
      for row in 0..<rows { squares += (Double(column[row]) - mean) * (Double(column[row]) - mean) }
      let deviation = (squares / Double(rows)).squareRoot()
      let factor = deviation > 1e-12 ? Float(1 / deviation) : 0
      factors[candidate] = factor
      for row in 0..<rows { column[row] = Float(Double(column[row]) - mean) * factor }
      for j in 0..<outputs {
        let slopes = derivative(candidate, logit: j)
        for row in 0..<rows { slopes[row] *= factor }
      }
    }
  }

  private func evaluate(_ margins: ClassMargins, logits: Floats, labels: Floats, rows: Int) {
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      margins.load(logits: logits, labels: labels, from: start, rows: rows)
      for j in 0..<classes {
        probabilities.setOctet(margins.probability(j), at: j * columnLength + start)
      }
      for (candidate, formula) in classFormulas.enumerated() {
        let slopes = ClassSlopes(
          columns: derivatives, first: candidate * classes * columnLength + start,
          stride: columnLength)
        values.setOctet(formula(margins, slopes), at: candidate * columnLength + start)
      }
    }
  }
}
