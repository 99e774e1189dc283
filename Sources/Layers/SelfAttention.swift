import Graph
import Kernels

/// Multi-head self-attention among the vectors of an example, one a field of the schema.
///
///     head = softmax(q kᵀ / √d) v        q, k, v = W_q x + b_q, W_k x + b_k, W_v x + b_v
///     y = W_o [head_1; head_2; …] + b_o
///
/// Names and start values as torch's `MultiheadAttention`, without dropout. Source: Vaswani et al.,
/// "Attention is all you need", NIPS 2017, section 3.2.
public struct SelfAttention: Sendable {
  /// How many heads there are.
  public let heads: Int
  /// The first part of all names.
  public let name: String

  /// Attention with this many heads.
  public init(heads: Int, name: String) {
    precondition(heads > 0, "attention needs one head at least")
    self.heads = heads
    self.name = name
  }

  /// As many vectors of the same length, side by side; traps when the heads do not divide it.
  public func callAsFunction(_ x: Node) -> Node {
    let trace = x.trace
    let fields = x.fieldCount
    let width = x.width / fields
    precondition(width.isMultiple(of: heads), "\(heads) heads do not divide \(width) numbers")
    // Xavier-uniform over the three matrices as one.
    let bound = (6 / Float(4 * width)).squareRoot()
    let projection = Affine(
      name: "\(name).in_proj",
      weight: trace.parameter(
        "\(name).in_proj_weight", shape: [3 * width, width],
        initialisation: .uniform(bound: bound)),
      bias: trace.parameter("\(name).in_proj_bias", shape: [3 * width], initialisation: .zeros),
      vectors: fields)
    let attended = trace.record(
      AttendHeads(fields: fields, heads: heads, width: width / heads),
      trace.record(projection, x))
    let output = Affine(
      name: "\(name).out_proj",
      weight: trace.parameter(
        "\(name).out_proj.weight", shape: [width, width],
        initialisation: .uniform(bound: 1 / Float(width).squareRoot())),
      bias: trace.parameter("\(name).out_proj.bias", shape: [width], initialisation: .zeros),
      vectors: fields)
    return trace.record(output, attended)
  }
}

/// Attention of every head, from vectors that hold queries, keys and values of all heads.
///
/// Legend: F fields, d numbers a head. The input has for each field [q_1 … q_h; k_1 …; v_1 …], the
/// output [head_1; …; head_h].
struct AttendHeads: Operation {
  let fields: Int
  let heads: Int
  let width: Int

  private var vectorWidth: Int { heads * width }
  /// A row of the attention of one head, with room for whole octets.
  private var paddedFields: Int { Octet.padded(fields) }
  private var scale: Float { 1 / Float(width).squareRoot() }

  var form: OperationForm {
    var form = OperationForm(name: "SelfAttention", outputWidth: fields * vectorWidth)
    let pairs = heads * fields * fields
    form.keepsInputs = true
    form.runsInTiles = true
    form.savedWidth = heads * fields * paddedFields
    form.scratchCount = fields * paddedFields
    form.cost = OperationCost(
      forwardFlops: (4 * width + 5) * pairs, backwardFlops: (8 * width + 5) * pairs,
      forwardFloats: 4 * fields * vectorWidth + pairs,
      backwardFloats: 7 * fields * vectorWidth + pairs)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    func temporary(_ name: String) -> ExportNode.Value { .temporary(name) }
    func part(_ number: Int, _ name: String) -> ExportNode {
      ExportNode(
        "Gather", [temporary("parts"), .integers([number], shape: [])], into: [temporary(name)],
        attributes: [("axis", .integer(0))])
    }
    let shape = [-1, fields, 3, heads, width]
    return [
      ExportNode(
        "Reshape", [.input(0), .integers(shape, shape: [5])], into: [temporary("split")]),
      ExportNode(
        "Transpose", [temporary("split")], into: [temporary("parts")],
        attributes: [("perm", .integers([2, 0, 3, 1, 4]))]),
      part(0, "queries"), part(1, "keys"), part(2, "values"),
      ExportNode(
        "Transpose", [temporary("keys")], into: [temporary("transposed")],
        attributes: [("perm", .integers([0, 1, 3, 2]))]),
      ExportNode(
        "MatMul", [temporary("queries"), temporary("transposed")], into: [temporary("products")]),
      ExportNode(
        "Mul", [temporary("products"), .floats([scale], shape: [1])], into: [temporary("scores")]),
      ExportNode(
        "Softmax", [temporary("scores")], into: [temporary("attention")],
        attributes: [("axis", .integer(-1))]),
      ExportNode(
        "MatMul", [temporary("attention"), temporary("values")], into: [temporary("heads")]),
      ExportNode(
        "Transpose", [temporary("heads")], into: [temporary("ordered")],
        attributes: [("perm", .integers([0, 2, 1, 3]))]),
      ExportNode(
        "Reshape", [temporary("ordered"), .integers([-1, fields * vectorWidth], shape: [2])]),
    ]
  }

  func forward(_ pass: Pass) {
    for row in 0..<pass.rows {
      for head in 0..<heads {
        let part = Part(self, pass.input(0), row, head)
        let attention = attention(pass.savedRows, row, head)
        BLAS.multiply(
          part.queries, part.keys, transposeB: true, into: scores(attention), alpha: scale)
        Softmax.forward(attention, count: fields, vectors: fields)
        BLAS.multiply(scores(attention), part.values, into: output(pass.output, row, head))
      }
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    for row in 0..<pass.rows {
      for head in 0..<heads {
        let part = Part(self, pass.input(0), row, head)
        let motion = Part(self, direction.input(0), row, head)
        let attention = attention(pass.savedRows, row, head)
        let slopes = self.attention(direction.savedRows, row, head)
        BLAS.multiply(
          motion.queries, part.keys, transposeB: true, into: scores(slopes), alpha: scale)
        BLAS.multiply(
          part.queries, motion.keys, transposeB: true, into: scores(slopes), alpha: scale,
          beta: 1)
        // The slopes of a softmax are symmetric.
        Softmax.backward(attention, count: fields, gradient: slopes, vectors: fields)
        let velocity = output(direction.output, row, head)
        BLAS.multiply(scores(slopes), part.values, into: velocity)
        BLAS.multiply(scores(attention), motion.values, into: velocity, beta: 1)
      }
    }
  }

  func backward(_ pass: Pass) {
    let beta: Float = pass.accumulates(0) ? 1 : 0
    for row in 0..<pass.rows {
      for head in 0..<heads {
        let part = Part(self, pass.input(0), row, head)
        let gradients = Part(self, pass.inputGradient(0), row, head)
        let attention = attention(pass.savedRows, row, head)
        let slopes = pass.scratch.slice(0, fields * paddedFields)
        let gradient = output(pass.outputGradient, row, head)
        BLAS.multiply(gradient, part.values, transposeB: true, into: scores(slopes))
        BLAS.multiply(
          scores(attention), gradient, transposeA: true, into: gradients.values, beta: beta)
        Softmax.backward(attention, count: fields, gradient: slopes, vectors: fields)
        BLAS.multiply(
          scores(slopes), part.keys, into: gradients.queries, alpha: scale, beta: beta)
        BLAS.multiply(
          scores(slopes), part.queries, transposeA: true, into: gradients.keys, alpha: scale,
          beta: beta)
      }
    }
  }

  /// The attention of one head in one row: F rows of padded length.
  private func attention(_ saved: Matrix, _ row: Int, _ head: Int) -> Floats {
    let count = fields * paddedFields
    return saved.rows(row, 1).values.slice(head * count, count)
  }

  private func scores(_ attention: Floats) -> Matrix {
    Matrix(attention, rows: fields, columns: fields, stride: paddedFields)
  }

  /// The vectors of one head in one row of the output or its gradient.
  private func output(_ matrix: Matrix, _ row: Int, _ head: Int) -> Matrix {
    vectors(matrix, row, from: head * width, stride: vectorWidth)
  }

  private func vectors(_ matrix: Matrix, _ row: Int, from start: Int, stride: Int) -> Matrix {
    let values = matrix.rows(row, 1).values.slice(start, (fields - 1) * stride + width)
    return Matrix(values, rows: fields, columns: width, stride: stride)
  }

  /// Queries, keys and values of one head in one row, [F × d] each, or their gradients.
  private struct Part {
    let queries: Matrix
    let keys: Matrix
    let values: Matrix

    init(_ sizes: AttendHeads, _ input: Matrix, _ row: Int, _ head: Int) {
      let whole = sizes.vectorWidth
      func vectors(_ part: Int) -> Matrix {
        sizes.vectors(
          input, row, from: part * whole + head * sizes.width, stride: 3 * whole)
      }
      queries = vectors(0)
      keys = vectors(1)
      values = vectors(2)
    }
  }
}
