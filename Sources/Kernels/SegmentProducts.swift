/// Products of rows segment by segment: a row is cut into segments of `width` numbers, and what
/// belongs to a segment is one number of another matrix.
public enum SegmentProducts {
  /// products[r, s] ← ⟨a_r, b_r⟩ over segment s; added when `accumulate`.
  public static func dots(
    _ a: Matrix, _ b: Matrix, width: Int, into products: Matrix, accumulate: Bool = false
  ) {
    check(a, width: width, products)
    b.check(rows: a.rows, columns: a.columns, "products of matrices of different shapes")
    for row in 0..<a.rows {
      let target = unsafe products.row(row)
      for segment in 0..<products.columns {
        var sum = Lanes(repeating: 0)
        forLanes(width) { lane, count in
          let offset = segment &* width &+ lane
          sum.addProduct(a.load(row, offset, count), b.load(row, offset, count))
        }
        let total = sum.sum()
        unsafe target[segment] = accumulate ? target[segment] + total : total
      }
    }
  }

  /// c_r ← factors[r, s] · a_r in segment s; added to c when `accumulate`.
  public static func scale(
    _ a: Matrix, by factors: Matrix, width: Int, into c: Matrix, accumulate: Bool = false
  ) {
    check(a, width: width, factors)
    c.check(rows: a.rows, columns: a.columns, "scaled segments do not fit their result")
    for row in 0..<a.rows {
      let source = unsafe factors.row(row)
      for segment in 0..<factors.columns {
        let factor = unsafe Lanes(repeating: source[segment])
        forLanes(width) { lane, count in
          let offset = segment &* width &+ lane
          var value = accumulate ? c.load(row, offset, count) : Lanes(repeating: 0)
          value.addProduct(factor, a.load(row, offset, count))
          c.save(value, row, offset, count)
        }
      }
    }
  }

  /// c_r ← a_r ∘ weights in every segment of c: a has one segment, `weights` as many as c.
  public static func spread(_ a: Matrix, times weights: Floats, into c: Matrix) {
    checkSpread(a, weights, c)
    let width = a.columns
    for row in 0..<a.rows {
      forLanes(width) { lane, count in
        let value = a.load(row, lane, count)
        var offset = lane
        while offset < c.columns {
          c.save(value * weights.load(offset, count), row, offset, count)
          offset &+= width
        }
      }
    }
  }

  /// The gradients of `spread`, added to what is there: ∂a_r = Σ over segments of g_r ∘ weights,
  /// ∂weights = Σ over rows of g_r ∘ a_r.
  public static func gatherSpread(
    _ g: Matrix, of a: Matrix, times weights: Floats, into aGradient: Matrix,
    weightGradient: Floats
  ) {
    checkSpread(a, weights, g)
    aGradient.check(rows: a.rows, columns: a.columns, "a gradient does not fit what was spread")
    precondition(weightGradient.count == weights.count, "gradients of weights do not fit them")
    let width = a.columns
    for row in 0..<a.rows {
      forLanes(width) { lane, count in
        let value = a.load(row, lane, count)
        var sum = aGradient.load(row, lane, count)
        var offset = lane
        while offset < g.columns {
          let factor = g.load(row, offset, count)
          sum.addProduct(factor, weights.load(offset, count))
          var change = weightGradient.load(offset, count)
          change.addProduct(factor, value)
          weightGradient.save(change, offset, count)
          offset &+= width
        }
        aGradient.save(sum, row, lane, count)
      }
    }
  }

  private static func check(_ a: Matrix, width: Int, _ products: Matrix) {
    precondition(width >= 1, "a segment has one number at least")
    products.check(
      rows: a.rows, columns: a.columns / width, "numbers do not fit the segments of a matrix")
    precondition(a.columns.isMultiple(of: width), "a row does not fall into whole segments")
  }

  private static func checkSpread(_ a: Matrix, _ weights: Floats, _ c: Matrix) {
    precondition(
      a.columns >= 1 && c.columns.isMultiple(of: a.columns) && weights.count == c.columns,
      "weights do not fit the segments of a matrix")
    precondition(c.rows == a.rows, "spread rows do not fit their result")
  }
}
