/// Compressed products of all pairs of two lists of vectors,
/// x_c = relu(Σ_ij W_(c, i·H + j) (a_i ∘ b_j) + β_c) for each output c.
///
/// Some rows are computed together: the products of all their pairs are one matrix with a pair a
/// row and the rows' coordinates side by side, which W multiplies. Source: Lian, Zhou, Zhang, Chen,
/// Xie and Sun, "xDeepFM", KDD 2018, equation 6, with bias and ReLU.
public struct CompressedInteractions: Sendable {
  /// How many vectors a_i a row has.
  public let fields: Int
  /// How many vectors b_j a row has, H.
  public let hidden: Int
  /// How many vectors x_c come out.
  public let outputs: Int
  /// The length of all vectors.
  public let width: Int

  /// Traps unless all sizes are positive.
  public init(fields: Int, hidden: Int, outputs: Int, width: Int) {
    precondition(
      min(fields, hidden, outputs, width) >= 1, "compressed interactions need one of everything")
    self.fields = fields
    self.hidden = hidden
    self.outputs = outputs
    self.width = width
  }

  /// The number of pairs (i, j): columns of W.
  public var pairs: Int { fields * hidden }

  /// Rows that are computed together: enough for a product of 64 columns.
  private var blockRows: Int { max(1, 64 / width) }

  /// How many numbers of scratch memory both directions need.
  public var scratchCount: Int { 2 * blockRows * width * (pairs + outputs) }

  /// x ← the compressed products of the rows of a and b; W is [outputs, pairs].
  public func forward(
    _ a: Matrix, _ b: Matrix, weight: Matrix, bias: Floats, scratch: Floats, into x: Matrix
  ) {
    check(a, b, weight, bias, x)
    a.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      fillProducts(a.rows(first, count), b.rows(first, count), memory.products)
      BLAS.multiply(weight, memory.products, into: memory.values)
      for row in 0..<count {
        let target = unsafe x.row(first &+ row)
        for output in 0..<outputs {
          let shift = unsafe Lanes(repeating: bias.pointer[output])
          forLanes(width) { lane, count in
            let sum = memory.values.load(output, row &* width &+ lane, count) + shift
            unsafe target.save(
              sum.replacing(with: 0, where: sum .< 0), output &* width &+ lane, count)
          }
        }
      }
    }
  }

  /// Where gradients go. Those of a and b are added to what is there, so that both may be parts of
  /// one matrix; those of the parameters to `factor` times the old ones.
  public struct Gradients {
    let a: Matrix
    let b: Matrix
    let weight: Matrix
    let bias: Floats
    let factor: Float

    /// Gradients into these matrices.
    public init(a: Matrix, b: Matrix, weight: Matrix, bias: Floats, factor: Float) {
      self.a = a
      self.b = b
      self.weight = weight
      self.bias = bias
      self.factor = factor
    }
  }

  /// All gradients, given x as the forward made it and the gradient of x.
  public func backward(
    _ a: Matrix, _ b: Matrix, weight: Matrix, x: Matrix, outputGradient: Matrix, scratch: Floats,
    into gradients: Gradients
  ) {
    check(a, b, weight, gradients.bias, x)
    check(gradients.a, gradients.b, gradients.weight, gradients.bias, outputGradient)
    var factor = gradients.factor
    a.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      gate(outputGradient.rows(first, count), x.rows(first, count), memory.valueGradients)
      addBias(memory.valueGradients, gradients.bias, factor)
      fillProducts(a.rows(first, count), b.rows(first, count), memory.products)
      BLAS.multiply(
        memory.valueGradients, memory.products, transposeB: true, into: gradients.weight,
        beta: factor)
      BLAS.multiply(
        weight, memory.valueGradients, transposeA: true, into: memory.productGradients)
      addFactors(
        memory.productGradients, a.rows(first, count), b.rows(first, count),
        gradients.a.rows(first, count), gradients.b.rows(first, count))
      factor = 1
    }
  }

  /// What moves: both lists of vectors and the parameters.
  public struct Motion {
    let a: Matrix
    let b: Matrix
    let weight: Matrix
    let bias: Floats

    /// Motions of these.
    public init(a: Matrix, b: Matrix, weight: Matrix, bias: Floats) {
      self.a = a
      self.b = b
      self.weight = weight
      self.bias = bias
    }
  }

  /// velocity ← how fast x moves, given x as the forward made it.
  public func tangent(
    _ a: Matrix, _ b: Matrix, weight: Matrix, x: Matrix, along motion: Motion, scratch: Floats,
    into velocity: Matrix
  ) {
    check(a, b, weight, motion.bias, x)
    check(motion.a, motion.b, motion.weight, motion.bias, velocity)
    a.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      let (left, right) = (a.rows(first, count), b.rows(first, count))
      fillProducts(left, right, memory.products)
      fillProducts(motion.a.rows(first, count), right, memory.productGradients)
      fillProducts(left, motion.b.rows(first, count), memory.productGradients, accumulate: true)
      BLAS.multiply(weight, memory.productGradients, into: memory.values)
      BLAS.multiply(motion.weight, memory.products, into: memory.values, beta: 1)
      for row in 0..<count {
        for output in 0..<outputs {
          let shift = Lanes(repeating: motion.bias[output])
          forLanes(width) { lane, count in
            let place = output &* width &+ lane
            let sum = memory.values.load(output, row &* width &+ lane, count) + shift
            let isCut = x.load(first &+ row, place, count) .<= 0
            velocity.save(sum.replacing(with: 0, where: isCut), first &+ row, place, count)
          }
        }
      }
    }
  }

  /// a_i ∘ b_j of every row, pair by pair; added when `accumulate`.
  private func fillProducts(
    _ a: Matrix, _ b: Matrix, _ products: Matrix, accumulate: Bool = false
  ) {
    for row in 0..<a.rows {
      let (left, right) = unsafe (a.row(row), b.row(row))
      forLanes(width) { lane, count in
        for i in 0..<fields {
          let factor = unsafe left.load(i &* width &+ lane, count)
          for j in 0..<hidden {
            var value = unsafe factor * right.load(j &* width &+ lane, count)
            let (pair, place) = (i &* hidden &+ j, row &* width &+ lane)
            if accumulate { value += products.load(pair, place, count) }
            products.save(value, pair, place, count)
          }
        }
      }
    }
  }

  /// The gradients of the products, handed on to their factors.
  private func addFactors(
    _ products: Matrix, _ a: Matrix, _ b: Matrix, _ aGradient: Matrix, _ bGradient: Matrix
  ) {
    for row in 0..<a.rows {
      let (left, right) = unsafe (a.row(row), b.row(row))
      let (leftTarget, rightTarget) = unsafe (aGradient.row(row), bGradient.row(row))
      forLanes(width) { lane, count in
        for i in 0..<fields {
          let factor = unsafe left.load(i &* width &+ lane, count)
          var sum = Lanes(repeating: 0)
          for j in 0..<hidden {
            let place = j &* width &+ lane
            let gradient = products.load(i &* hidden &+ j, row &* width &+ lane, count)
            unsafe sum.addProduct(gradient, right.load(place, count))
            var other = unsafe rightTarget.load(place, count)
            other.addProduct(gradient, factor)
            unsafe rightTarget.save(other, place, count)
          }
          // Read only now: b's gradient may be the same memory.
          let place = i &* width &+ lane
          unsafe leftTarget.save(leftTarget.load(place, count) + sum, place, count)
        }
      }
    }
  }

  /// The gradient of the outputs where they are positive, output by output.
  private func gate(_ gradient: Matrix, _ x: Matrix, _ target: Matrix) {
    for row in 0..<x.rows {
      for output in 0..<outputs {
        forLanes(width) { lane, count in
          let place = output &* width &+ lane
          let value = gradient.load(row, place, count)
            .replacing(with: 0, where: x.load(row, place, count) .<= 0)
          target.save(value, output, row &* width &+ lane, count)
        }
      }
    }
  }

  private func addBias(_ gradients: Matrix, _ bias: Floats, _ factor: Float) {
    for output in 0..<outputs {
      var sum = Lanes(repeating: 0)
      forLanes(gradients.columns) { sum += gradients.load(output, $0, $1) }
      bias[output] = (factor == 0 ? 0 : bias[output] * factor) + sum.sum()
    }
  }

  private func check(
    _ a: Matrix, _ b: Matrix, _ weight: Matrix, _ bias: Floats, _ x: Matrix
  ) {
    let sentence = "vectors or weights do not fit the compressed interactions"
    a.check(rows: x.rows, columns: fields * width, sentence)
    b.check(rows: x.rows, columns: hidden * width, sentence)
    weight.check(rows: outputs, columns: pairs, sentence)
    precondition(bias.count == outputs && x.columns == outputs * width, sentence)
  }

  /// The scratch memory for some rows: for each pair or output the coordinates of all of them.
  private struct Memory {
    let products: Matrix
    let productGradients: Matrix
    let values: Matrix
    let valueGradients: Matrix

    init(_ sizes: CompressedInteractions, _ scratch: Floats, rows: Int) {
      let columns = rows * sizes.width
      let (pairs, outputs) = (sizes.pairs, sizes.outputs)
      func part(_ start: Int, _ rows: Int) -> Matrix {
        Matrix(scratch.slice(start * columns, rows * columns), rows: rows, columns: columns)
      }
      products = part(0, pairs)
      productGradients = part(pairs, pairs)
      values = part(2 * pairs, outputs)
      valueGradients = part(2 * pairs + outputs, outputs)
    }
  }
}
