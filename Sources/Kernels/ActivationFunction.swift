/// Functions of single numbers whose slope follows from their value.
public enum ActivationFunction: Sendable, Equatable {
  /// max(0, x).
  case rectifier
  /// scale · σ(x), with σ(x) = 1 / (1 + e^(−x)).
  case sigmoid(scale: Float)

  /// B ← f(A), element by element.
  public func forward(_ a: Matrix, into b: Matrix) {
    b.check(rows: a.rows, columns: a.columns, "activations do not fit their result")
    switch self {
    case .rectifier:
      Self.forLanesOf(a) { row, offset, count in
        let value = a.load(row, offset, count)
        b.save(value.replacing(with: 0, where: value .< 0), row, offset, count)
      }
    case .sigmoid(let scale):
      Self.forLanesOf(a) { row, offset, count in
        let power = (-a.load(row, offset, count)).halves { VectorMath.exp($0) }
        b.save(Lanes(repeating: scale) / (power + 1), row, offset, count)
      }
    }
  }

  /// ∂A ← f′ ∘ ∂B, given B = f(A); added to what is there when `accumulate`.
  public func backward(
    _ b: Matrix, gradient: Matrix, into target: Matrix, accumulate: Bool
  ) {
    let sentence = "a gradient does not fit the activations"
    gradient.check(rows: b.rows, columns: b.columns, sentence)
    target.check(rows: b.rows, columns: b.columns, sentence)
    switch self {
    case .rectifier:
      Self.forLanesOf(b) { row, offset, count in
        let slope = gradient.load(row, offset, count)
          .replacing(with: 0, where: b.load(row, offset, count) .<= 0)
        let old = accumulate ? target.load(row, offset, count) : Lanes(repeating: 0)
        target.save(old + slope, row, offset, count)
      }
    case .sigmoid(let scale):
      let inverse = Lanes(repeating: 1 / scale)
      Self.forLanesOf(b) { row, offset, count in
        let value = b.load(row, offset, count)
        var result = accumulate ? target.load(row, offset, count) : Lanes(repeating: 0)
        result.addProduct(gradient.load(row, offset, count), value - value * value * inverse)
        target.save(result, row, offset, count)
      }
    }
  }

  @inline(__always)
  private static func forLanesOf(
    _ a: Matrix, _ body: (_ row: Int, _ offset: Int, _ count: Int) -> Void
  ) {
    for row in 0..<a.rows { forLanes(a.columns) { body(row, $0, $1) } }
  }
}

extension Lanes {
  /// What a function of eight numbers makes of both halves.
  @inline(__always)
  func halves(_ function: (Octet) -> Octet) -> Lanes {
    Lanes(lowHalf: function(lowHalf), highHalf: function(highHalf))
  }

  /// The first `count` lanes; the others are 0.
  @inline(__always)
  func first(_ count: Int) -> Lanes {
    if count == laneCount { return self }
    let numbers = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return replacing(with: 0, where: numbers .>= SIMD16<Int32>(repeating: Int32(count)))
  }
}
