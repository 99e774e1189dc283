/// Eight parabolas through values at 0, `middle` and `end`.
struct Parabola {
  /// The coefficients of 1, k and k².
  var constant: Octet
  var slope: Octet
  var curvature: Octet

  @inline(__always)
  init(_ first: Octet, _ middleValue: Octet, _ last: Octet, middle: Int, end: Int) {
    let early = (middleValue - first) * (1 / Float(middle))
    let late = (last - middleValue) * (1 / Float(end &- middle))
    constant = first
    curvature = (late - early) * (1 / Float(end))
    slope = early.addingProduct(curvature, Octet(repeating: -Float(middle)))
  }

  @inline(__always)
  init(constant: Octet, slope: Octet, curvature: Octet) {
    self.constant = constant
    self.slope = slope
    self.curvature = curvature
  }

  /// The values at `k`.
  @inline(__always)
  func at(_ k: Octet) -> Octet {
    constant.addingProduct(slope.addingProduct(curvature, k), k)
  }

  /// The derivatives at `k`.
  @inline(__always)
  func slope(at k: Float) -> Octet {
    slope.addingProduct(curvature, Octet(repeating: 2 * k))
  }

  /// The sums over k = 0 ..< count.
  @inline(__always)
  func sum(_ count: Int) -> Octet {
    let n = Float(count)
    let linear = n * (n - 1) / 2
    let square = linear * (2 * n - 1) / 3
    return (constant * n).addingProduct(slope, Octet(repeating: linear))
      .addingProduct(curvature, Octet(repeating: square))
  }
}
