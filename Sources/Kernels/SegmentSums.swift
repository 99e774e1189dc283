/// Sums of rows segment by segment: a row is cut into segments of `width` numbers.
public enum SegmentSums {
  /// sums[r, s] ← Σ of segment s of row r.
  public static func forward(_ a: Matrix, width: Int, into sums: Matrix) {
    check(a, width, sums)
    for row in 0..<a.rows {
      let target = unsafe sums.row(row)
      for segment in 0..<sums.columns {
        var sum = Lanes(repeating: 0)
        forLanes(width) { sum += a.load(row, segment &* width &+ $0, $1) }
        unsafe target[segment] = sum.sum()
      }
    }
  }

  /// Adds the gradient of each sum to those of all numbers of its segment.
  public static func backward(_ gradient: Matrix, width: Int, into target: Matrix) {
    check(target, width, gradient)
    for row in 0..<target.rows {
      let source = unsafe gradient.row(row)
      for segment in 0..<gradient.columns {
        let change = unsafe Lanes(repeating: source[segment])
        forLanes(width) { lane, count in
          let place = segment &* width &+ lane
          target.save(target.load(row, place, count) + change, row, place, count)
        }
      }
    }
  }

  private static func check(_ a: Matrix, _ width: Int, _ sums: Matrix) {
    precondition(width >= 1, "a segment has one number at least")
    precondition(
      a.columns == sums.columns * width && a.rows == sums.rows,
      "the sums do not fit the segments of a matrix")
  }
}
