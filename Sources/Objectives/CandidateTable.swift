import Kernels

/// The values and derivatives of n candidate losses on the rows of one slice.
///
/// One thread owns a table; evaluating allocates nothing. Column i of `values` begins at
/// i × `columnLength` and holds ℓ_i of each row; `derivatives` holds ∂ℓ_i/∂z likewise.
public final class CandidateTable {
  /// The candidates, in column order.
  public let losses: [Loss]
  /// How far the columns lie apart: the largest number of rows, rounded up to whole octets.
  public let columnLength: Int
  /// ℓ_i of each row, n columns.
  public let values: Floats
  /// ∂ℓ_i/∂z of each row, n columns.
  public let derivatives: Floats
  /// ŷ = σ(z) of each row, one column.
  public let probabilities: Floats
  private let signs: Floats
  private let margins: Floats

  /// A table of `losses` for slices of at most `maximumRows` rows.
  public init(losses: [Loss], maximumRows: Int) {
    precondition(!losses.isEmpty, "a table of candidate losses needs at least one")
    precondition(maximumRows > 0, "a table of candidate losses needs room for a row")
    self.losses = losses
    columnLength = Octet.padded(maximumRows)
    values = Floats(count: losses.count * columnLength)
    derivatives = Floats(count: losses.count * columnLength)
    probabilities = Floats(count: columnLength)
    signs = Floats(count: columnLength)
    margins = Floats(count: columnLength)
  }

  /// Column i of the values, whole octets long.
  public func value(_ candidate: Int) -> Floats {
    values.slice(candidate * columnLength, columnLength)
  }

  /// Column i of the derivatives, whole octets long.
  public func derivative(_ candidate: Int) -> Floats {
    derivatives.slice(candidate * columnLength, columnLength)
  }

  /// Computes every column from the first `rows` logits and labels (0 or 1).
  ///
  /// The rows that fill up the last octet count as z = 0, y = 0; their results mean nothing.
  public func evaluate(logits: Floats, labels: Floats, rows: Int) {
    precondition(rows <= columnLength, "\(rows) rows do not fit a table of \(columnLength)")
    precondition(
      logits.count >= rows && labels.count >= rows, "fewer logits or labels than rows")
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
      for (candidate, loss) in losses.enumerated() {
        let slope = loss.formula(margin)
        values.setOctet(slope.value, at: candidate * columnLength + start)
        derivatives.setOctet(sign * slope.derivative, at: candidate * columnLength + start)
      }
    }
  }
}
