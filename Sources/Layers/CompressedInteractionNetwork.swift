import Graph
import Kernels

/// A compressed interaction network: each layer makes vectors of the products of all pairs of an
/// embedding vector and a vector of the layer before.
///
///     X^k_c = relu(Σ_ij W^k_(c,ij) (e_i ∘ X^(k−1)_j) + b^k_c)        X^0 = E
///
/// The sums of all vectors over their coordinates go through a linear layer. If it splits halves,
/// only the first half of a layer's vectors goes there and the second to the next layer; the last
/// layer's all go there. Names and start values as torchfm's `CompressedInteractionNetwork`.
/// Source: Lian, Zhou, Zhang, Chen, Xie and Sun, "xDeepFM", KDD 2018, equations 6 and 8.
public struct CompressedInteractionNetwork: Sendable {
  /// The number of vectors of each layer.
  public let widths: [Int]
  /// Whether all layers but the last split their vectors.
  public let splitsHalf: Bool
  /// How many numbers come out per example.
  public let outputs: Int
  /// The first part of all names.
  public let name: String

  /// A network with layers of these widths; traps when a layer that is to be split has odd width.
  public init(widths: [Int], splitsHalf: Bool, outputs: Int, name: String = "cin") {
    precondition(!widths.isEmpty, "a compressed interaction network needs one layer at least")
    precondition(
      !splitsHalf || widths.dropLast().allSatisfy { $0.isMultiple(of: 2) },
      "a layer of odd width cannot be split into halves")
    self.widths = widths
    self.splitsHalf = splitsHalf
    self.outputs = outputs
    self.name = name
  }

  /// The outputs, [examples × outputs], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    var before = (node: embedded, first: 0, count: fields)
    var sums: [Node] = []
    for (layer, width) in widths.enumerated() {
      let node = compress(embedded, fields, before, outputs: width, layer)
      let splits = splitsHalf && layer < widths.count - 1
      let summed = splits ? width / 2 : width
      let length = node.width / width
      sums.append(node.trace.record(SumVectors(count: summed, width: length, of: width), node))
      before = splits ? (node, width / 2, width / 2) : (node, 0, width)
    }
    return Linear(outputs: outputs, name: "\(name).fc")(concatenate(sums))
  }

  private func compress(
    _ embedded: Node, _ fields: Int, _ before: (node: Node, first: Int, count: Int), outputs: Int,
    _ layer: Int
  ) -> Node {
    let trace = embedded.trace
    let sizes = CompressedInteractions(
      fields: fields, hidden: before.count, outputs: outputs, width: embedded.width / fields)
    let initialisation = Initialisation.uniform(bound: 1 / Float(sizes.pairs).squareRoot())
    return trace.record(
      CompressPairs(
        sizes: sizes, firstHidden: before.first,
        weight: trace.parameter(
          "\(name).conv_layers.\(layer).weight", shape: [outputs, sizes.pairs, 1],
          initialisation: initialisation),
        bias: trace.parameter(
          "\(name).conv_layers.\(layer).bias", shape: [outputs], initialisation: initialisation)),
      embedded, before.node)
  }
}

/// One layer of a compressed interaction network, on embedding vectors and some of the vectors of
/// the layer before.
struct CompressPairs: Operation {
  let sizes: CompressedInteractions
  /// The first of those vectors; all from it on are used.
  let firstHidden: Int
  let weight: Parameter
  let bias: Parameter

  var form: OperationForm {
    let (pairs, width, outputs) = (sizes.pairs, sizes.width, sizes.outputs)
    var form = OperationForm(name: "CIN \(weight.name)", outputWidth: outputs * width)
    form.parameters = [weight, bias]
    form.keepsInputs = true
    form.keepsOutput = true
    form.scratchCount = sizes.scratchCount
    let ends = (sizes.fields + sizes.hidden + outputs) * width
    form.cost = OperationCost(
      forwardFlops: (2 * outputs + 1) * pairs * width,
      backwardFlops: (4 * outputs + 5) * pairs * width, forwardFloats: ends,
      backwardFloats: 3 * ends)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    let (fields, hidden, width) = (sizes.fields, sizes.hidden, sizes.width)
    func reshape(
      _ value: ExportNode.Value, _ shape: [Int], into name: String
    ) -> ExportNode {
      ExportNode(
        "Reshape", [value, .integers(shape, shape: [shape.count])], into: [.temporary(name)])
    }
    let places = ExportNode.Value.integers(
      Array(firstHidden * width..<(firstHidden + hidden) * width), shape: [hidden * width])
    return [
      reshape(.input(0), [-1, fields, 1, width], into: "first"),
      ExportNode(
        "Gather", [.input(1), places], into: [.temporary("used")],
        attributes: [("axis", .integer(1))]),
      reshape(.temporary("used"), [-1, 1, hidden, width], into: "second"),
      ExportNode(
        "Mul", [.temporary("first"), .temporary("second")], into: [.temporary("square")]),
      reshape(.temporary("square"), [-1, fields * hidden, width], into: "products"),
      ExportNode(
        "Conv", [.temporary("products"), .parameter(weight), .parameter(bias)],
        into: [.temporary("sums")]),
      ExportNode("Relu", [.temporary("sums")], into: [.temporary("rectified")]),
      ExportNode("Flatten", [.temporary("rectified")], attributes: [("axis", .integer(1))]),
    ]
  }

  private func matrix(_ weights: Floats) -> Matrix {
    Matrix(weights, rows: sizes.outputs, columns: sizes.pairs)
  }

  private func used(_ vectors: Matrix) -> Matrix {
    vectors.columns(firstHidden * sizes.width, sizes.hidden * sizes.width)
  }

  func forward(_ pass: Pass) {
    sizes.forward(
      pass.input(0), used(pass.input(1)), weight: matrix(pass.parameter(weight)),
      bias: pass.parameter(bias), scratch: pass.scratch, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    sizes.tangent(
      pass.input(0), used(pass.input(1)), weight: matrix(pass.parameter(weight)), x: pass.output,
      along: CompressedInteractions.Motion(
        a: direction.input(0), b: used(direction.input(1)),
        weight: matrix(direction.parameter(weight)), bias: direction.parameter(bias)),
      scratch: direction.scratch, into: direction.output)
  }

  func backward(_ pass: Pass) {
    let gradients = (pass.startedGradient(0), pass.startedGradient(1))
    sizes.backward(
      pass.input(0), used(pass.input(1)), weight: matrix(pass.parameter(weight)), x: pass.output,
      outputGradient: pass.outputGradient, scratch: pass.scratch,
      into: CompressedInteractions.Gradients(
        a: gradients.0, b: used(gradients.1),
        weight: matrix(pass.parameterGradient(weight)), bias: pass.parameterGradient(bias),
        factor: pass.parameterFactor))
  }
}

/// The sums of the first vectors of a row over their coordinates.
struct SumVectors: Operation {
  let count: Int
  let width: Int
  let all: Int

  init(count: Int, width: Int, of all: Int) {
    self.count = count
    self.width = width
    self.all = all
  }

  var form: OperationForm {
    var form = OperationForm(name: "SumVectors", outputWidth: count)
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: count * width, backwardFlops: count * width,
      forwardFloats: count * (width + 1), backwardFloats: count * (2 * width + 1))
    form.export = [
      ExportNode(
        "Reshape", [.input(0), .integers([-1, all, width], shape: [3])],
        into: [.temporary("vectors")]),
      ExportNode(
        "Gather", [.temporary("vectors"), .integers(Array(0..<count), shape: [count])],
        into: [.temporary("first")], attributes: [("axis", .integer(1))]),
      ExportNode(
        "ReduceSum", [.temporary("first"), .integers([2], shape: [1])],
        attributes: [("keepdims", .integer(0))]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    SegmentSums.forward(
      pass.input(0).columns(0, count * width), width: width, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    let gradient = pass.startedGradient(0)
    SegmentSums.backward(
      pass.outputGradient, width: width, into: gradient.columns(0, count * width))
  }
}
