/// Plain loops over the elements of matrices.
public enum Elementwise {
  /// A ← factor·A; with factor 0 the old values are not read.
  public static func scale(_ a: Matrix, by factor: Float) {
    unsafe forRows(a) { row in
      for column in 0..<a.columns {
        unsafe row[column] = factor == 0 ? 0 : row[column] * factor
      }
    }
  }

  /// Every row of A ← `values`, which has one element a column.
  public static func fillRows(_ a: Matrix, with values: Floats) {
    precondition(values.count == a.columns, "a row of values does not fit the matrix")
    let source = unsafe values.pointer
    unsafe forRows(a) { row in unsafe row.update(from: source, count: a.columns) }
  }

  /// A ← B, or A ← A + B when `accumulate`.
  public static func copy(_ b: Matrix, into a: Matrix, accumulate: Bool = false) {
    a.check(rows: b.rows, columns: b.columns, "a copy between matrices of different shapes")
    for row in 0..<a.rows {
      let target = unsafe a.row(row)
      let source = unsafe b.row(row)
      if accumulate {
        for column in 0..<a.columns { unsafe target[column] += source[column] }
      } else {
        unsafe target.update(from: source, count: a.columns)
      }
    }
  }

  /// C ← A + B.
  public static func add(_ a: Matrix, _ b: Matrix, into c: Matrix) {
    a.check(rows: b.rows, columns: b.columns, "a sum of matrices of different shapes")
    c.check(rows: a.rows, columns: a.columns, "a sum does not fit its result")
    for row in 0..<a.rows {
      let left = unsafe a.row(row)
      let right = unsafe b.row(row)
      let target = unsafe c.row(row)
      for column in 0..<a.columns { unsafe target[column] = left[column] + right[column] }
    }
  }

  /// sums_j ← beta·sums_j + Σ_r A_rj, rows added in order within blocks of 32, blocks in order.
  public static func columnSums(of a: Matrix, into sums: Floats, beta: Float = 0) {
    precondition(sums.count == a.columns, "column sums need one element a column")
    forLanes(a.columns) { offset, count in
      let sum = blockedSum(rows: a.rows) { a.load($0, offset, count) }
      let old = beta == 0 ? Lanes(repeating: 0) : sums.load(offset, count) * beta
      sums.save(old + sum, offset, count)
    }
  }

  @inline(__always)
  private static func forRows(_ a: Matrix, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    for row in 0..<a.rows { unsafe body(a.row(row)) }
  }
}

/// Σ over rows of `value(row)`: rows in order within blocks of 32, and the blocks in order, which
/// keeps the rounding error of long columns small.
@inline(__always)
func blockedSum(rows: Int, _ value: (Int) -> Lanes) -> Lanes {
  var total = Lanes(repeating: 0)
  var row = 0
  while row < rows {
    let end = min(row &+ 32, rows)
    var block = Lanes(repeating: 0)
    while row < end {
      block += value(row)
      row &+= 1
    }
    total += block
  }
  return total
}
