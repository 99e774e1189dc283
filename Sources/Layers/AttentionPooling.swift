import Graph
import Kernels

/// The products of all pairs of embedding vectors, weighted by attention and added up.
///
///     s_ij = hᵀ relu(W (e_i ∘ e_j) + b) + c        a = softmax(s) over the pairs i < j
///     pooled = Σ_(i<j) drop(a_ij) (e_i ∘ e_j)
///
/// Names as torchfm's `AttentionalFactorizationMachine`. Source: Xiao, Ye, He, Zhang, Wu and Chua,
/// "Attentional factorization machines", IJCAI 2017, equations 5 to 7.
public struct AttentionPooling: Sendable {
  /// The length of the attention network's hidden vector.
  public let hidden: Int
  /// The part of the pairs that training drops.
  public let dropout: Float
  /// The first part of all names.
  public let name: String

  /// A pooling with a hidden layer of `hidden` numbers.
  public init(hidden: Int, dropout: Float, name: String = "afm") {
    precondition(hidden > 0, "an attention network needs one hidden number at least")
    precondition(dropout >= 0 && dropout < 1, "a dropout rate lies in [0, 1), not \(dropout)")
    self.hidden = hidden
    self.dropout = dropout
    self.name = name
  }

  /// One vector, [examples × width], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let trace = embedded.trace
    let fields = embedded.fieldCount
    let pairs = PairVectors(fields: fields, width: embedded.width / fields)
    func parameter(_ part: String, _ shape: [Int], inputs: Int) -> Parameter {
      trace.parameter(
        "\(name).\(part)", shape: shape,
        initialisation: .uniform(bound: 1 / Float(inputs).squareRoot()))
    }
    return trace.record(
      PoolByAttention(
        pairs: pairs,
        weight: parameter("attention.weight", [hidden, pairs.width], inputs: pairs.width),
        bias: parameter("attention.bias", [hidden], inputs: pairs.width),
        projection: parameter("projection.weight", [1, hidden], inputs: hidden),
        shift: parameter("projection.bias", [1], inputs: hidden),
        dropout: dropout,
        firstBlock: dropout > 0 ? trace.reserveDropout(width: pairs.count) : 0), embedded)
  }
}

/// Attention over the pairs of a row's vectors, row by row.
struct PoolByAttention: Operation {
  let pairs: PairVectors
  let weight: Parameter
  let bias: Parameter
  let projection: Parameter
  /// The same for all pairs, so that the softmax does not see it: its gradient is 0.
  let shift: Parameter
  let dropout: Float
  let firstBlock: Int

  private var hidden: Int { bias.count }
  private var paddedCount: Int { Octet.padded(pairs.count) }

  var form: OperationForm {
    var form = OperationForm(name: "AttentionPooling \(weight.name)", outputWidth: pairs.width)
    let (count, vectors) = (pairs.count * pairs.width, pairs.fields * pairs.width)
    form.parameters = [weight, bias, projection, shift]
    form.keepsInputs = true
    form.runsInTiles = true
    form.savedWidth = paddedCount
    form.scratchCount = 2 * pairs.count * (pairs.width + hidden) + 2 * paddedCount
    form.cost = OperationCost(
      forwardFlops: 3 * count + 2 * count * hidden + 4 * pairs.count * hidden,
      backwardFlops: 9 * count + 6 * count * hidden + 8 * pairs.count * hidden,
      forwardFloats: vectors + pairs.width + pairs.count,
      backwardFloats: 3 * vectors + pairs.width + pairs.count)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    func temporary(_ name: String) -> ExportNode.Value { .temporary(name) }
    func node(
      _ type: String, _ inputs: [ExportNode.Value], _ output: String,
      _ attributes: [(name: String, value: ExportNode.Attribute)] = []
    ) -> ExportNode {
      ExportNode(type, inputs, into: [temporary(output)], attributes: attributes)
    }
    return ExportNode.vectorsOfPairs(fields: pairs.fields, width: pairs.width) + [
      node("Mul", [temporary("first"), temporary("second")], "products"),
      node("Transpose", [.parameter(weight)], "weight", [("perm", .integers([1, 0]))]),
      node("MatMul", [temporary("products"), temporary("weight")], "weighted"),
      node("Add", [temporary("weighted"), .parameter(bias)], "shifted"),
      node("Relu", [temporary("shifted")], "hidden"),
      node("Transpose", [.parameter(projection)], "projection", [("perm", .integers([1, 0]))]),
      node("MatMul", [temporary("hidden"), temporary("projection")], "projected"),
      node("Add", [temporary("projected"), .parameter(shift)], "scores"),
      node("Softmax", [temporary("scores")], "attention", [("axis", .integer(1))]),
      node("Mul", [temporary("attention"), temporary("products")], "parts"),
      ExportNode(
        "ReduceSum", [temporary("parts"), .integers([1], shape: [1])],
        attributes: [("keepdims", .integer(0))]),
    ]
  }

  func forward(_ pass: Pass) {
    let memory = Memory(self, pass.scratch)
    for row in 0..<pass.rows {
      computeHidden(pass, row, memory)
      let attention = attention(pass, row)
      BLAS.multiply(
        memory.hidden, matrix(projection, pass), transposeB: true,
        into: Matrix(attention, rows: pairs.count, columns: 1))
      Softmax.forward(attention, count: pairs.count)
      BLAS.multiply(
        dropped(pass, row, memory), memory.products, into: pass.output.rows(row, 1))
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    let (memory, motion) = (Memory(self, pass.scratch), Memory(self, direction.scratch))
    for row in 0..<pass.rows {
      computeHidden(pass, row, memory)
      pairs.tangent(
        pass.input(0), along: direction.input(0), row: row, into: motion.products)
      Elementwise.fillRows(motion.hidden, with: direction.parameter(bias))
      BLAS.multiply(
        motion.products, matrix(weight, pass), transposeB: true, into: motion.hidden, beta: 1)
      BLAS.multiply(
        memory.products, matrix(weight, direction), transposeB: true, into: motion.hidden,
        beta: 1)
      ActivationFunction.rectifier.backward(
        memory.hidden, gradient: motion.hidden, into: motion.hidden, accumulate: false)

      let slopes = attention(direction, row)
      let scores = Matrix(slopes, rows: pairs.count, columns: 1)
      BLAS.multiply(
        motion.hidden, matrix(projection, pass), transposeB: true, into: scores)
      BLAS.multiply(
        memory.hidden, matrix(projection, direction), transposeB: true, into: scores, beta: 1)
      Softmax.backward(attention(pass, row), count: pairs.count, gradient: slopes)
      let velocity = direction.output.rows(row, 1)
      BLAS.multiply(dropped(direction, row, motion), memory.products, into: velocity)
      BLAS.multiply(dropped(pass, row, memory), motion.products, into: velocity, beta: 1)
    }
  }

  func backward(_ pass: Pass) {
    let memory = Memory(self, pass.scratch)
    pass.parameterGradient(shift)[0] = 0
    for row in 0..<pass.rows {
      let factor = row == 0 ? pass.parameterFactor : 1
      let gradient = pass.outputGradient.rows(row, 1)
      computeHidden(pass, row, memory)
      BLAS.multiply(
        dropped(pass, row, memory), gradient, transposeA: true, into: memory.productGradient)
      scoreGradient(pass, row, memory)

      let scores = memory.scoreRow
      BLAS.multiply(
        scores, memory.hidden, into: gradientMatrix(projection, pass), beta: factor)
      BLAS.multiply(
        scores, matrix(projection, pass), transposeA: true, into: memory.hiddenGradient)
      ActivationFunction.rectifier.backward(
        memory.hidden, gradient: memory.hiddenGradient, into: memory.hiddenGradient,
        accumulate: false)
      Elementwise.columnSums(
        of: memory.hiddenGradient, into: pass.parameterGradient(bias), beta: factor)
      BLAS.multiply(
        memory.hiddenGradient, memory.products, transposeA: true,
        into: gradientMatrix(weight, pass), beta: factor)
      BLAS.multiply(
        memory.hiddenGradient, matrix(weight, pass), into: memory.productGradient, beta: 1)
      pairs.backward(
        pass.input(0), row: row, productGradient: memory.productGradient,
        into: pass.inputGradient(0), accumulate: pass.accumulates(0))
    }
  }

  /// The products of the pairs of a row and the attention network's hidden vectors.
  private func computeHidden(_ pass: Pass, _ row: Int, _ memory: Memory) {
    pairs.forward(pass.input(0), row: row, into: memory.products)
    Elementwise.fillRows(memory.hidden, with: pass.parameter(bias))
    BLAS.multiply(
      memory.products, matrix(weight, pass), transposeB: true, into: memory.hidden, beta: 1)
    ActivationFunction.rectifier.forward(memory.hidden, into: memory.hidden)
  }

  /// The attention of a row, after dropout, as one row.
  private func dropped(_ pass: Pass, _ row: Int, _ memory: Memory) -> Matrix {
    let kept = Matrix(attention(pass, row), rows: 1, columns: pairs.count)
    guard let mask = mask(pass, row) else { return kept }
    let result = Matrix(memory.droppedValues, rows: 1, columns: pairs.count)
    mask.apply(kept, into: result)
    return result
  }

  /// The gradient of the scores of a row, from that of the pooled vector.
  private func scoreGradient(_ pass: Pass, _ row: Int, _ memory: Memory) {
    BLAS.multiply(
      pass.outputGradient.rows(row, 1), memory.products, transposeB: true, into: memory.scoreRow)
    if let mask = mask(pass, row) { mask.apply(memory.scoreRow, into: memory.scoreRow) }
    Softmax.backward(
      attention(pass, row), count: pairs.count, gradient: memory.scoreGradient)
  }

  private func mask(_ pass: Pass, _ row: Int) -> DropoutMask? {
    pass.dropoutMask(rate: dropout, firstBlock: firstBlock, row: row)
  }

  /// The attention of a row as the softmax left it.
  private func attention(_ pass: Pass, _ row: Int) -> Floats {
    pass.savedRows.rows(row, 1).values.slice(0, paddedCount)
  }

  private func matrix(_ parameter: Parameter, _ pass: Pass) -> Matrix {
    Matrix(
      pass.parameter(parameter), rows: parameter.shape[0], columns: parameter.shape[1])
  }

  private func gradientMatrix(_ parameter: Parameter, _ pass: Pass) -> Matrix {
    Matrix(
      pass.parameterGradient(parameter), rows: parameter.shape[0], columns: parameter.shape[1])
  }

  /// The scratch memory for one row.
  private struct Memory {
    let products: Matrix
    let productGradient: Matrix
    let hidden: Matrix
    let hiddenGradient: Matrix
    let droppedValues: Floats
    let scoreGradient: Floats

    init(_ operation: PoolByAttention, _ scratch: Floats) {
      let (count, width, hidden) = (
        operation.pairs.count, operation.pairs.width, operation.hidden
      )
      var used = 0
      func next(_ length: Int) -> Floats {
        defer { used += length }
        return scratch.slice(used, length)
      }
      droppedValues = next(operation.paddedCount)
      scoreGradient = next(operation.paddedCount)
      products = Matrix(next(count * width), rows: count, columns: width)
      productGradient = Matrix(next(count * width), rows: count, columns: width)
      self.hidden = Matrix(next(count * hidden), rows: count, columns: hidden)
      hiddenGradient = Matrix(next(count * hidden), rows: count, columns: hidden)
    }

    /// The gradients of the scores as one row.
    var scoreRow: Matrix {
      Matrix(scoreGradient, rows: 1, columns: products.rows)
    }
  }
}
