/// Layer normalisation of vectors that lie side by side, and the ReLU that may follow.
///
/// y = relu(γ (x − m) r + β) with m the mean and r = 1 / √(variance + ε) of the vector's own
/// numbers; the variance is biased, ε = 1e-5 as torch's. Source: Ba, Kiros and Hinton, "Layer
/// normalization", 2016.
public struct VectorNormalisation {
  /// The scale γ of every number of a row.
  public let gamma: Floats
  /// The shift β of every number of a row.
  public let beta: Floats
  /// The length of a vector.
  public let width: Int
  /// Whether negative results become 0.
  public let rectifies: Bool

  /// Traps when the sizes do not fit together.
  public init(gamma: Floats, beta: Floats, width: Int, rectifies: Bool) {
    precondition(
      gamma.count == beta.count && width >= 1 && gamma.count.isMultiple(of: width),
      "scale and shift do not fit the vectors of a layer normalisation")
    self.gamma = gamma
    self.beta = beta
    self.width = width
    self.rectifies = rectifies
  }

  /// How many vectors a row has.
  public var vectors: Int { gamma.count / width }

  /// y ← the normalised vectors; `statistics` keeps (m, r) of every vector for the backward.
  public func forward(_ x: Matrix, statistics: Matrix, into y: Matrix) {
    check(x, statistics)
    y.check(rows: x.rows, columns: x.columns, "a layer normalisation does not fit its result")
    let share = 1 / Float(width)
    for row in 0..<x.rows {
      let kept = unsafe statistics.row(row)
      for vector in 0..<vectors {
        let start = vector &* width
        var sum = Lanes(repeating: 0)
        forLanes(width) { sum += x.load(row, start &+ $0, $1) }
        let mean = sum.sum() * share
        var squares = Lanes(repeating: 0)
        forLanes(width) { lane, count in
          let centred = (x.load(row, start &+ lane, count) - mean).first(count)
          squares.addProduct(centred, centred)
        }
        let inverse = 1 / (squares.sum() * share + Normalisation.epsilon).squareRoot()
        unsafe kept[2 &* vector] = mean
        unsafe kept[2 &* vector &+ 1] = inverse
        forLanes(width) { lane, count in
          let place = start &+ lane
          var value = beta.load(place, count)
          value.addProduct(
            (x.load(row, place, count) - mean) * inverse, gamma.load(place, count))
          if rectifies { value = value.replacing(with: 0, where: value .< 0) }
          y.save(value, row, place, count)
        }
      }
    }
  }

  /// Where gradients go; those of γ and β are added to what is there.
  public struct Gradients {
    let gamma: Floats
    let beta: Floats
    let x: Matrix
    let accumulates: Bool

    /// Gradients into these; that of x is added to the old one if `accumulates`.
    public init(gamma: Floats, beta: Floats, x: Matrix, accumulates: Bool) {
      self.gamma = gamma
      self.beta = beta
      self.x = x
      self.accumulates = accumulates
    }
  }

  /// All gradients, given y and `statistics` as the forward left them and the gradient of y:
  /// ∂x = r (γg − mean(γg) − x̂ mean(γg x̂)).
  public func backward(
    _ x: Matrix, y: Matrix, statistics: Matrix, outputGradient: Matrix, into gradients: Gradients
  ) {
    check(x, statistics)
    let sentence = "a gradient does not fit the layer normalisation"
    y.check(rows: x.rows, columns: x.columns, sentence)
    outputGradient.check(rows: x.rows, columns: x.columns, sentence)
    gradients.x.check(rows: x.rows, columns: x.columns, sentence)
    precondition(
      gradients.gamma.count == gamma.count && gradients.beta.count == gamma.count, sentence)
    let gated = GatedGradient(y: y, gradient: outputGradient, gated: rectifies, scale: 1)
    for row in 0..<x.rows {
      for vector in 0..<vectors {
        unsafe backward(row, vector, x, gated, statistics.row(row) + 2 &* vector, gradients)
      }
    }
  }

  @inline(__always)
  private func backward(
    _ row: Int, _ vector: Int, _ x: Matrix, _ gradient: GatedGradient,
    _ kept: UnsafeMutablePointer<Float>, _ gradients: Gradients
  ) {
    let (mean, inverse) = unsafe (kept[0], kept[1])
    let start = vector &* width
    var sum = Lanes(repeating: 0)
    var products = Lanes(repeating: 0)
    forLanes(width) { lane, count in
      let place = start &+ lane
      let g = gradient.load(row, place, count)
      let normal = (x.load(row, place, count) - mean) * inverse
      let scaled = g * gamma.load(place, count)
      sum += scaled
      products.addProduct(scaled, normal)
      gradients.beta.save(gradients.beta.load(place, count) + g, place, count)
      gradients.gamma.save(gradients.gamma.load(place, count) + g * normal, place, count)
    }
    let sumShare = sum.sum() / Float(width)
    let productShare = products.sum() / Float(width)
    forLanes(width) { lane, count in
      let place = start &+ lane
      let normal = (x.load(row, place, count) - mean) * inverse
      let scaled = gradient.load(row, place, count) * gamma.load(place, count)
      let change = (scaled - sumShare - normal * productShare) * inverse
      let old = gradients.accumulates ? gradients.x.load(row, place, count) : Lanes(repeating: 0)
      gradients.x.save(old + change, row, place, count)
    }
  }

  private func check(_ x: Matrix, _ statistics: Matrix) {
    precondition(x.columns == gamma.count, "a row does not fit the layer normalisation")
    statistics.check(
      rows: x.rows, columns: 2 * vectors, "a layer normalisation keeps two numbers a vector")
  }
}

extension VectorNormalisation {
  /// What moves: x, γ and β.
  public typealias Motion = Normalisation.Motion

  /// velocity ← how fast y moves: γ r (ẋ − mean(ẋ) − x̂ mean(x̂ ẋ)) + γ̇ x̂ + β̇ where y is positive or
  /// nothing is cut off; y and `statistics` as the forward left them.
  public func tangent(
    _ x: Matrix, y: Matrix, statistics: Matrix, along motion: Motion, into velocity: Matrix
  ) {
    check(x, statistics)
    let sentence = "a motion does not fit the layer normalisation"
    y.check(rows: x.rows, columns: x.columns, sentence)
    motion.x.check(rows: x.rows, columns: x.columns, sentence)
    velocity.check(rows: x.rows, columns: x.columns, sentence)
    precondition(motion.gamma.count == gamma.count && motion.beta.count == beta.count, sentence)
    let share = 1 / Float(width)
    for row in 0..<x.rows {
      for vector in 0..<vectors {
        let start = vector &* width
        let (mean, inverse) = unsafe (
          statistics.row(row)[2 &* vector], statistics.row(row)[2 &* vector &+ 1]
        )
        var sum = Lanes(repeating: 0)
        var products = Lanes(repeating: 0)
        forLanes(width) { lane, count in
          let moving = motion.x.load(row, start &+ lane, count)
          sum += moving
          products.addProduct(moving, (x.load(row, start &+ lane, count) - mean) * inverse)
        }
        let (meanMotion, slope) = (sum.sum() * share, products.sum() * share)
        forLanes(width) { lane, count in
          let place = start &+ lane
          let normal = (x.load(row, place, count) - mean) * inverse
          let moved = (motion.x.load(row, place, count) - meanMotion - normal * slope) * inverse
          var value = motion.beta.load(place, count)
          value.addProduct(moved, gamma.load(place, count))
          value.addProduct(normal, motion.gamma.load(place, count))
          if rectifies {
            value = value.replacing(with: 0, where: y.load(row, place, count) .<= 0)
          }
          velocity.save(value, row, place, count)
        }
      }
    }
  }
}
