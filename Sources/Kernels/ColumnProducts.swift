/// Products of whole columns: with a number for each, or of two matrices.
public enum ColumnProducts {
  /// C ← A with column j times factors_j; added to C when `accumulate`.
  public static func scale(
    _ a: Matrix, by factors: Floats, into c: Matrix, accumulate: Bool = false
  ) {
    precondition(factors.count == a.columns, "columns are scaled by one number each")
    c.check(rows: a.rows, columns: a.columns, "scaled columns do not fit their result")
    for row in 0..<a.rows {
      forLanes(a.columns) { offset, count in
        var value = accumulate ? c.load(row, offset, count) : Lanes(repeating: 0)
        value.addProduct(a.load(row, offset, count), factors.load(offset, count))
        c.save(value, row, offset, count)
      }
    }
  }

  /// sums_j ← beta·sums_j + Σ_r A_rj B_rj, rows added as in `Elementwise.columnSums`.
  public static func sums(_ a: Matrix, _ b: Matrix, into sums: Floats, beta: Float = 0) {
    precondition(sums.count == a.columns, "column sums need one element a column")
    b.check(rows: a.rows, columns: a.columns, "products of matrices of different shapes")
    forLanes(a.columns) { offset, count in
      let sum = blockedSum(rows: a.rows) {
        a.load($0, offset, count) * b.load($0, offset, count)
      }
      let old = beta == 0 ? Lanes(repeating: 0) : sums.load(offset, count) * beta
      sums.save(old + sum, offset, count)
    }
  }
}
