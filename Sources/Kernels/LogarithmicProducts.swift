/// Products of powers of vectors, by sums of their logarithms:
/// y_n = relu(expm1(Σ_i W_ni log1p(|e_i| + 10⁻⁷))), coordinate by coordinate.
///
/// Some rows are computed together, with their coordinates side by side. Source: Cheng, Shen and
/// Huang, "Adaptive factorization network", AAAI 2020, equation 8, with log(1 + x) and eˣ − 1 for
/// log and exp and with absolute values, as torchfm's `LNN`.
public struct LogarithmicProducts: Sendable {
  /// How many vectors e_i a row has.
  public let fields: Int
  /// How many vectors y_n come out.
  public let neurons: Int
  /// The length of all vectors.
  public let width: Int

  /// What is added to absolute values.
  public static let smallest: Float = 1e-7

  /// Traps unless all sizes are positive.
  public init(fields: Int, neurons: Int, width: Int) {
    precondition(
      min(fields, neurons, width) >= 1, "logarithmic products need one of everything")
    self.fields = fields
    self.neurons = neurons
    self.width = width
  }

  /// Rows that are computed together: enough for a product of 64 columns.
  private var blockRows: Int { max(1, 64 / width) }

  /// How many numbers of scratch memory both directions need.
  public var scratchCount: Int { blockRows * width * (2 * fields + neurons) }

  /// y ← the products of the rows of `embedded`; W is [neurons, fields].
  public func forward(_ embedded: Matrix, weight: Matrix, scratch: Floats, into y: Matrix) {
    check(embedded, weight, y)
    embedded.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      fillLogarithms(embedded.rows(first, count), memory.logarithms)
      BLAS.multiply(weight, memory.logarithms, into: memory.neurons)
      for row in 0..<count {
        for neuron in 0..<neurons {
          forLanes(width) { lane, count in
            let sum = memory.neurons.load(neuron, row &* width &+ lane, count)
            let positive = sum.replacing(with: 0, where: sum .< 0)
            y.save(
              positive.halves { VectorMath.expm1($0) }, first &+ row, neuron &* width &+ lane,
              count)
          }
        }
      }
    }
  }

  /// The gradients of vectors (added when `accumulate`) and weights (added to `factor` times the
  /// old ones), given y as the forward made it and the gradient of y.
  public func backward(
    _ embedded: Matrix, weight: Matrix, y: Matrix, outputGradient: Matrix, scratch: Floats,
    into gradient: Matrix, accumulate: Bool, weightGradient: Matrix, factor: Float
  ) {
    check(embedded, weight, y)
    check(gradient, weightGradient, outputGradient)
    var factor = factor
    embedded.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      let vectors = embedded.rows(first, count)
      fillLogarithms(vectors, memory.logarithms)
      fillSumGradients(outputGradient.rows(first, count), y.rows(first, count), memory.neurons)
      BLAS.multiply(
        memory.neurons, memory.logarithms, transposeB: true, into: weightGradient, beta: factor)
      BLAS.multiply(
        weight, memory.neurons, transposeA: true, into: memory.logarithmGradients)
      addVectorGradients(
        memory.logarithmGradients, vectors, gradient.rows(first, count), accumulate)
      factor = 1
    }
  }

  /// What moves: the vectors and the weights.
  public struct Motion {
    let vectors: Matrix
    let weight: Matrix

    /// Motions of these.
    public init(vectors: Matrix, weight: Matrix) {
      self.vectors = vectors
      self.weight = weight
    }
  }

  /// velocity ← how fast y moves, given y as the forward made it.
  public func tangent(
    _ embedded: Matrix, weight: Matrix, y: Matrix, along motion: Motion, scratch: Floats,
    into velocity: Matrix
  ) {
    check(embedded, weight, y)
    check(motion.vectors, motion.weight, velocity)
    embedded.forBlocks(of: blockRows) { first, count in
      let memory = Memory(self, scratch, rows: count)
      let vectors = embedded.rows(first, count)
      fillLogarithms(vectors, memory.logarithms)
      fillLogarithmMotions(
        vectors, motion.vectors.rows(first, count), memory.logarithmGradients)
      BLAS.multiply(weight, memory.logarithmGradients, into: memory.neurons)
      BLAS.multiply(motion.weight, memory.logarithms, into: memory.neurons, beta: 1)
      for row in 0..<count {
        for neuron in 0..<neurons {
          forLanes(width) { lane, count in
            let place = neuron &* width &+ lane
            let value = y.load(first &+ row, place, count)
            let slope = memory.neurons.load(neuron, row &* width &+ lane, count) * (value + 1)
            velocity.save(
              slope.replacing(with: 0, where: value .<= 0), first &+ row, place, count)
          }
        }
      }
    }
  }

  /// How fast the logarithms move: ± ė / (1 + |e| + 10⁻⁷), and 0 where e is 0.
  private func fillLogarithmMotions(_ vectors: Matrix, _ motion: Matrix, _ target: Matrix) {
    for row in 0..<vectors.rows {
      for field in 0..<fields {
        forLanes(width) { lane, count in
          let place = field &* width &+ lane
          target.save(
            Self.logarithmSlope(
              motion.load(row, place, count), at: vectors.load(row, place, count)),
            field, row &* width &+ lane, count)
        }
      }
    }
  }

  /// What the derivative of log(1 + |e| + 10⁻⁷) at e makes of a number.
  @inline(__always)
  private static func logarithmSlope(_ number: Lanes, at value: Lanes) -> Lanes {
    let slope = number / value.halves { $0.magnitude + (1 + smallest) }
    return slope.replacing(with: -slope, where: value .< 0)
      .replacing(with: 0, where: value .== 0)
  }

  private func fillLogarithms(_ vectors: Matrix, _ logarithms: Matrix) {
    for row in 0..<vectors.rows {
      for field in 0..<fields {
        forLanes(width) { lane, count in
          let value = vectors.load(row, field &* width &+ lane, count)
          logarithms.save(
            value.halves { Self.logarithm($0.magnitude + Self.smallest) }, field,
            row &* width &+ lane, count)
        }
      }
    }
  }

  /// log(1 + x) for x ≥ 0.
  @inline(__always)
  private static func logarithm(_ x: Octet) -> Octet {
    VectorMath.log1p(x.atMost(1)).replacing(with: VectorMath.log(x + 1), where: x .> 1)
  }

  /// The gradients of the sums in the exponents, where they are positive: g eˢ = g (y + 1).
  private func fillSumGradients(_ gradient: Matrix, _ y: Matrix, _ target: Matrix) {
    for row in 0..<y.rows {
      for neuron in 0..<neurons {
        forLanes(width) { lane, count in
          let place = neuron &* width &+ lane
          let value = y.load(row, place, count)
          let slope = gradient.load(row, place, count) * (value + 1)
          target.save(
            slope.replacing(with: 0, where: value .<= 0), neuron, row &* width &+ lane, count)
        }
      }
    }
  }

  /// ∂e = ± ∂log / (1 + |e| + 10⁻⁷), and 0 where e is 0.
  private func addVectorGradients(
    _ logarithms: Matrix, _ vectors: Matrix, _ target: Matrix, _ accumulate: Bool
  ) {
    for row in 0..<vectors.rows {
      for field in 0..<fields {
        forLanes(width) { lane, count in
          let place = field &* width &+ lane
          let value = vectors.load(row, place, count)
          let signed = Self.logarithmSlope(
            logarithms.load(field, row &* width &+ lane, count), at: value)
          let old = accumulate ? target.load(row, place, count) : Lanes(repeating: 0)
          target.save(old + signed, row, place, count)
        }
      }
    }
  }

  private func check(_ vectors: Matrix, _ weight: Matrix, _ y: Matrix) {
    let sentence = "vectors or weights do not fit the logarithmic products"
    vectors.check(rows: y.rows, columns: fields * width, sentence)
    weight.check(rows: neurons, columns: fields, sentence)
    precondition(y.columns == neurons * width, sentence)
  }

  /// The scratch memory for some rows: for each field or neuron the coordinates of all of them.
  private struct Memory {
    let logarithms: Matrix
    let logarithmGradients: Matrix
    let neurons: Matrix

    init(_ sizes: LogarithmicProducts, _ scratch: Floats, rows: Int) {
      let columns = rows * sizes.width
      func part(_ start: Int, _ rows: Int) -> Matrix {
        Matrix(scratch.slice(start * columns, rows * columns), rows: rows, columns: columns)
      }
      logarithms = part(0, sizes.fields)
      logarithmGradients = part(sizes.fields, sizes.fields)
      neurons = part(2 * sizes.fields, sizes.neurons)
    }
  }
}
