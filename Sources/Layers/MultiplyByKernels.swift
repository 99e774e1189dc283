import Graph
import Kernels

/// e_jᵀ K_ij e_i for all pairs i < j of a row's vectors, K_ij a matrix or, as a vector, a diagonal.
///
/// All pairs of one i are computed together: its vector times the kernels of i gives one segment
/// for each j > i, side by side, and the vectors e_j lie side by side as well.
///
/// Legend: F fields, P pairs, d the length of a vector. A matrix kernel is [d, P, d], element
/// [a, pair, c] belonging to e_j[a] and e_i[c]; a vector kernel is [P, d].
struct MultiplyByKernels: Operation {
  let fields: Int
  let width: Int
  let weight: Parameter

  /// Rows that are computed together: their segments stay in the cache.
  private static let blockRows = 64

  private var pairs: Int { fields * (fields - 1) / 2 }
  private var isMatrix: Bool { weight.shape.count == 3 }
  /// The numbers of the segments of one row and one i, at most.
  private var segments: Int { (fields - 1) * width }

  var form: OperationForm {
    var form = OperationForm(name: "OuterProducts \(weight.name)", outputWidth: pairs)
    let (count, rank) = (pairs * width, isMatrix ? width : 1)
    form.parameters = [weight]
    form.keepsInputs = true
    form.scratchCount = 2 * segments * (Self.blockRows + (isMatrix ? width : 0))
    form.cost = OperationCost(
      forwardFlops: 2 * count * (rank + 1), backwardFlops: 2 * count * (3 * rank + 2),
      forwardFloats: fields * width + pairs, backwardFloats: 3 * fields * width + pairs)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    var nodes = ExportNode.vectorsOfPairs(fields: fields, width: width)
    let weighted = ExportNode.Value.temporary("weighted")
    nodes.append(
      isMatrix
        ? ExportNode(
          "Einsum", [.temporary("first"), .parameter(weight)], into: [weighted],
          attributes: [("equation", .text("bpc,apc->bpa"))])
        : ExportNode("Mul", [.temporary("first"), .parameter(weight)], into: [weighted]))
    nodes.append(
      ExportNode("Mul", [weighted, .temporary("second")], into: [.temporary("products")]))
    nodes.append(
      ExportNode(
        "ReduceSum", [.temporary("products"), .integers([2], shape: [1])],
        attributes: [("keepdims", .integer(0))]))
    return nodes
  }

  func forward(_ pass: Pass) {
    for i in 0..<fields - 1 {
      let group = Group(self, pass, i)
      group.pack(pass.parameter(weight))
      pass.input(0).forBlocks(of: Self.blockRows) { first, rows in
        let vectors = pass.input(0).rows(first, rows)
        let weighted = group.weighted(rows)
        group.multiply(group.own(vectors), pass.parameter(weight), into: weighted)
        SegmentProducts.dots(
          group.others(vectors), weighted, width: width,
          into: group.products(pass.output.rows(first, rows)))
      }
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    for i in 0..<fields - 1 {
      let (group, moving) = (Group(self, pass, i), Group(self, direction, i))
      group.pack(pass.parameter(weight))
      moving.pack(direction.parameter(weight))
      pass.input(0).forBlocks(of: Self.blockRows) { first, rows in
        let vectors = pass.input(0).rows(first, rows)
        let motion = direction.input(0).rows(first, rows)
        let (weighted, moved) = (group.weighted(rows), moving.weighted(rows))
        let products = group.products(direction.output.rows(first, rows))
        group.multiply(group.own(vectors), pass.parameter(weight), into: weighted)
        SegmentProducts.dots(group.others(motion), weighted, width: width, into: products)
        group.multiply(group.own(motion), pass.parameter(weight), into: weighted)
        moving.multiply(group.own(vectors), direction.parameter(weight), into: moved)
        Elementwise.copy(moved, into: weighted, accumulate: true)
        SegmentProducts.dots(
          group.others(vectors), weighted, width: width, into: products, accumulate: true)
      }
    }
  }

  func backward(_ pass: Pass) {
    let kernelGradient = pass.parameterGradient(weight)
    Elementwise.scale(
      Matrix(kernelGradient, rows: 1, columns: weight.count), by: pass.parameterFactor)
    let vectorGradient = pass.startedGradient(0)
    for i in 0..<fields - 1 {
      let group = Group(self, pass, i)
      group.pack(pass.parameter(weight))
      group.clearGradient()
      pass.input(0).forBlocks(of: Self.blockRows) { first, rows in
        let vectors = pass.input(0).rows(first, rows)
        let gradients = vectorGradient.rows(first, rows)
        let products = group.products(pass.outputGradient.rows(first, rows))
        let (weighted, scaled) = (group.weighted(rows), group.scaled(rows))
        group.multiply(group.own(vectors), pass.parameter(weight), into: weighted)
        SegmentProducts.scale(
          weighted, by: products, width: width, into: group.others(gradients), accumulate: true)
        SegmentProducts.scale(group.others(vectors), by: products, width: width, into: scaled)
        group.multiplyBack(
          scaled, vector: group.own(vectors), kernel: pass.parameter(weight),
          into: group.own(gradients), kernelGradient: kernelGradient)
      }
      group.unpackGradient(into: kernelGradient)
    }
  }

  /// The pairs of one i: where they lie, and products of its vector with their kernels.
  private struct Group {
    let operation: MultiplyByKernels
    let i: Int
    let scratch: Floats

    init(_ operation: MultiplyByKernels, _ pass: Pass, _ i: Int) {
      self.operation = operation
      self.i = i
      scratch = pass.scratch
    }

    private var width: Int { operation.width }
    /// How many pairs (i, j), j > i, there are.
    private var count: Int { operation.fields - 1 - i }
    /// The place of the first of them.
    private var first: Int { i * (2 * operation.fields - i - 1) / 2 }

    func own(_ vectors: Matrix) -> Matrix { vectors.columns(i * width, width) }
    func others(_ vectors: Matrix) -> Matrix { vectors.columns((i + 1) * width, count * width) }
    func products(_ all: Matrix) -> Matrix { all.columns(first, count) }

    func weighted(_ rows: Int) -> Matrix { part(0, rows) }
    func scaled(_ rows: Int) -> Matrix { part(MultiplyByKernels.blockRows, rows) }
    /// The kernels of the group, [count · d, d]: row s·d + a is row a of pair s.
    private var packed: Matrix { square(0) }
    private var packedGradient: Matrix { square(1) }

    private func part(_ skippedRows: Int, _ rows: Int) -> Matrix {
      let skipped = skippedRows * operation.segments
      return Matrix(
        scratch.slice(skipped, rows * count * width), rows: rows, columns: count * width)
    }

    private func square(_ number: Int) -> Matrix {
      let size = operation.segments * width
      let skipped = 2 * MultiplyByKernels.blockRows * operation.segments + number * size
      return Matrix(
        scratch.slice(skipped, count * width * width), rows: count * width, columns: width)
    }

    /// Row a of all pairs of the group, in the kernels' own order and in the packed one.
    private func row(_ a: Int, of kernels: Floats) -> Matrix {
      let start = (a * operation.pairs + first) * width
      return Matrix(kernels.slice(start, count * width), rows: count, columns: width)
    }

    private func packedRow(_ a: Int, of square: Matrix) -> Matrix {
      let values = square.values.slice(a * width, (count * width - a) * width)
      return Matrix(values, rows: count, columns: width, stride: width * width)
    }

    func pack(_ kernels: Floats) {
      guard operation.isMatrix else { return }
      for a in 0..<width {
        Elementwise.copy(row(a, of: kernels), into: packedRow(a, of: packed))
      }
    }

    func clearGradient() {
      if operation.isMatrix { Elementwise.scale(packedGradient, by: 0) }
    }

    func unpackGradient(into kernelGradient: Floats) {
      guard operation.isMatrix else { return }
      for a in 0..<width {
        Elementwise.copy(
          packedRow(a, of: packedGradient), into: row(a, of: kernelGradient), accumulate: true)
      }
    }

    /// weighted ← K_ij e_i for all j > i.
    func multiply(_ vector: Matrix, _ kernels: Floats, into weighted: Matrix) {
      if operation.isMatrix {
        BLAS.multiply(vector, packed, transposeB: true, into: weighted)
      } else {
        SegmentProducts.spread(
          vector, times: kernels.slice(first * width, count * width), into: weighted)
      }
    }

    /// The gradients of `multiply`, added to those of the vector and of the kernels; those of
    /// matrices are packed.
    func multiplyBack(
      _ gradient: Matrix, vector: Matrix, kernel: Floats, into vectorGradient: Matrix,
      kernelGradient: Floats
    ) {
      if operation.isMatrix {
        BLAS.multiply(gradient, vector, transposeA: true, into: packedGradient, beta: 1)
        BLAS.multiply(gradient, packed, into: vectorGradient, beta: 1)
      } else {
        SegmentProducts.gatherSpread(
          gradient, of: vector, times: kernel.slice(first * width, count * width),
          into: vectorGradient,
          weightGradient: kernelGradient.slice(first * width, count * width))
      }
    }
  }
}
