/// One layer of a cross network: y = x_0 (w·x) + b + x, row by row.
///
/// Source: Wang, Fu, Fu and Wang, "Deep & cross network for ad click predictions", ADKDD 2017,
/// equation 3.
public struct VectorCross {
  /// The weights w, as long as a row.
  public let weight: Floats
  /// The shift b, as long as a row.
  public let bias: Floats

  /// A layer with these parameters; traps when they differ in length.
  public init(weight: Floats, bias: Floats) {
    precondition(weight.count == bias.count, "weight and bias of a cross layer differ in length")
    self.weight = weight
    self.bias = bias
  }

  /// y ← x_0 (w·x) + b + x; the first column of `products` ← w·x, for the backward.
  public func forward(_ x0: Matrix, _ x: Matrix, products: Matrix, into y: Matrix) {
    check(x0, x, products)
    y.check(rows: x.rows, columns: x.columns, "a cross layer does not fit its result")
    for row in 0..<x.rows {
      var sum = Lanes(repeating: 0)
      forLanes(x.columns) { offset, count in
        sum.addProduct(x.load(row, offset, count), weight.load(offset, count))
      }
      let product = sum.sum()
      unsafe products.row(row)[0] = product
      let factor = Lanes(repeating: product)
      forLanes(x.columns) { offset, count in
        var value = bias.load(offset, count) + x.load(row, offset, count)
        value.addProduct(x0.load(row, offset, count), factor)
        y.save(value, row, offset, count)
      }
    }
  }

  /// Where gradients go, and whether they are added to what is there.
  public struct Gradients {
    let x0: Matrix
    let x: Matrix
    let accumulates: (x0: Bool, x: Bool)
    let weight: Floats
    let bias: Floats
    let factor: Float

    /// Those of x_0 are written before those of x: both may be one matrix if `accumulates.x`. Those
    /// of weight and bias are added to `factor` times the old ones.
    public init(
      x0: Matrix, x: Matrix, accumulates: (x0: Bool, x: Bool), weight: Floats, bias: Floats,
      factor: Float
    ) {
      self.x0 = x0
      self.x = x
      self.accumulates = accumulates
      self.weight = weight
      self.bias = bias
      self.factor = factor
    }
  }

  /// All gradients, given that of y. `products` as the forward left it; its second column is
  /// written.
  public func backward(
    _ x0: Matrix, _ x: Matrix, products: Matrix, outputGradient g: Matrix,
    into gradients: Gradients
  ) {
    check(x0, x, products)
    let sentence = "a gradient does not fit the cross layer"
    g.check(rows: x.rows, columns: x.columns, sentence)
    gradients.x0.check(rows: x.rows, columns: x.columns, sentence)
    gradients.x.check(rows: x.rows, columns: x.columns, sentence)
    precondition(
      gradients.weight.count == weight.count && gradients.bias.count == weight.count, sentence)
    for row in 0..<x.rows {
      var sum = Lanes(repeating: 0)
      forLanes(x.columns) { offset, count in
        sum.addProduct(g.load(row, offset, count), x0.load(row, offset, count))
      }
      unsafe products.row(row)[1] = sum.sum()
    }
    forLanes(x.columns) { offset, count in
      inputGradients(products, g, gradients, offset, count)
      let weightChange = blockedSum(rows: x.rows) { row in
        x.load(row, offset, count) * factor(products, row, 1)
      }
      let biasChange = blockedSum(rows: x.rows) { g.load($0, offset, count) }
      add(weightChange, to: gradients.weight, gradients.factor, offset, count)
      add(biasChange, to: gradients.bias, gradients.factor, offset, count)
    }
  }

  /// ∂x_0 = g (w·x) and ∂x = g + (g·x_0) w, in `count` of their columns.
  @inline(__always)
  private func inputGradients(
    _ products: Matrix, _ g: Matrix, _ gradients: Gradients, _ offset: Int, _ count: Int
  ) {
    let weights = weight.load(offset, count)
    for row in 0..<g.rows {
      let gradient = g.load(row, offset, count)
      var first =
        gradients.accumulates.x0 ? gradients.x0.load(row, offset, count) : Lanes(repeating: 0)
      first.addProduct(gradient, factor(products, row, 0))
      gradients.x0.save(first, row, offset, count)
      var second =
        gradients.accumulates.x ? gradients.x.load(row, offset, count) : Lanes(repeating: 0)
      second += gradient
      second.addProduct(weights, factor(products, row, 1))
      gradients.x.save(second, row, offset, count)
    }
  }

  @inline(__always)
  private func factor(_ products: Matrix, _ row: Int, _ column: Int) -> Lanes {
    unsafe Lanes(repeating: products.row(row)[column])
  }

  @inline(__always)
  private func add(
    _ change: Lanes, to sums: Floats, _ factor: Float, _ offset: Int, _ count: Int
  ) {
    let old = factor == 0 ? Lanes(repeating: 0) : sums.load(offset, count) * factor
    sums.save(old + change, offset, count)
  }

  private func check(_ x0: Matrix, _ x: Matrix, _ products: Matrix) {
    precondition(x.columns == weight.count, "a row does not fit the cross layer")
    x0.check(rows: x.rows, columns: x.columns, "a cross layer needs two rows of one length")
    products.check(rows: x.rows, columns: 2, "a cross layer keeps two numbers a row")
  }
}

extension VectorCross {
  /// What moves: both inputs and the parameters.
  public struct Motion {
    let x0: Matrix
    let x: Matrix
    let parameters: VectorCross

    /// Motions of these.
    public init(x0: Matrix, x: Matrix, parameters: VectorCross) {
      self.x0 = x0
      self.x = x
      self.parameters = parameters
    }
  }

  /// velocity ← ẋ_0 (w·x) + x_0 (ẇ·x + w·ẋ) + ḃ + ẋ, how fast y moves; `products` as the forward
  /// left them.
  public func tangent(
    _ x0: Matrix, _ x: Matrix, products: Matrix, along motion: Motion, into velocity: Matrix
  ) {
    check(x0, x, products)
    motion.parameters.check(motion.x0, motion.x, products)
    velocity.check(rows: x.rows, columns: x.columns, "a cross layer does not fit its result")
    let (weightMotion, biasMotion) = (motion.parameters.weight, motion.parameters.bias)
    for row in 0..<x.rows {
      var sum = Lanes(repeating: 0)
      forLanes(x.columns) { offset, count in
        sum.addProduct(x.load(row, offset, count), weightMotion.load(offset, count))
        sum.addProduct(motion.x.load(row, offset, count), weight.load(offset, count))
      }
      let change = Lanes(repeating: sum.sum())
      forLanes(x.columns) { offset, count in
        var value = biasMotion.load(offset, count) + motion.x.load(row, offset, count)
        value.addProduct(motion.x0.load(row, offset, count), factor(products, row, 0))
        value.addProduct(x0.load(row, offset, count), change)
        velocity.save(value, row, offset, count)
      }
    }
  }
}
