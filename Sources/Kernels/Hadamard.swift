/// Products of matrices element by element.
public enum Hadamard {
  /// C ← A ∘ B; added to C when `accumulate`.
  public static func multiply(
    _ a: Matrix, _ b: Matrix, into c: Matrix, accumulate: Bool = false
  ) {
    b.check(rows: a.rows, columns: a.columns, "a product of matrices of different shapes")
    c.check(rows: a.rows, columns: a.columns, "a product does not fit its result")
    for row in 0..<a.rows {
      forLanes(a.columns) { offset, count in
        var value = accumulate ? c.load(row, offset, count) : Lanes(repeating: 0)
        value.addProduct(a.load(row, offset, count), b.load(row, offset, count))
        c.save(value, row, offset, count)
      }
    }
  }
}
