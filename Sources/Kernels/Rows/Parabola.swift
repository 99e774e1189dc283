/// Eight parabolas through values at 0, `middle` and `end`.
struct Parabola {
  /// The coefficients of 1, k and k².
  var constant: RowLanes
  var slope: RowLanes
  var curvature: RowLanes

  @inline(__always)
  init(_ first: RowLanes, _ middleValue: RowLanes, _ last: RowLanes, middle: Int, end: Int) {
    let early = (middleValue - first) * (1 / Float(middle))
    let late = (last - middleValue) * (1 / Float(end &- middle))
    constant = first
    curvature = (late - early) * (1 / Float(end))
    slope = early.addingProduct(curvature, RowLanes(repeating: -Float(middle)))
  }

  @inline(__always)
  init(constant: RowLanes, slope: RowLanes, curvature: RowLanes) {
    self.constant = constant
    self.slope = slope
    self.curvature = curvature
  }

  /// The values at `k`.
  @inline(__always)
  func at(_ k: RowLanes) -> RowLanes {
    constant.addingProduct(slope.addingProduct(curvature, k), k)
  }

  /// The derivatives at `k`.
  @inline(__always)
  func slope(at k: Float) -> RowLanes {
    slope.addingProduct(curvature, RowLanes(repeating: 2 * k))
  }

  /// The sums over k = 0 ..< count.
  @inline(__always)
  func sum(_ count: Int) -> RowLanes {
    let n = Float(count)
    let linear = n * (n - 1) / 2
    let square = linear * (2 * n - 1) / 3
    return (constant * n).addingProduct(slope, RowLanes(repeating: linear))
      .addingProduct(curvature, RowLanes(repeating: square))
  }
}
