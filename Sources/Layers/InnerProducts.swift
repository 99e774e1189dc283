import Graph
import Kernels

/// The inner products of all pairs of embedding vectors, ⟨e_i, e_j⟩ for i < j, in the order
/// (0,1), (0,2), …, (1,2), …
///
/// Source: Qu et al., "Product-based neural networks for user response prediction", ICDM 2016.
public struct InnerProducts: Sendable {
  /// The products of vectors that lie side by side.
  public init() {}

  /// The products, [examples × pairs], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    return embedded.trace.record(
      MultiplyPairs(PairProducts(fields: fields, width: embedded.width / fields)), embedded)
  }
}

/// ⟨e_i, e_j⟩ for all pairs of a row's vectors.
struct MultiplyPairs: Operation {
  let products: PairProducts

  init(_ products: PairProducts) { self.products = products }

  var form: OperationForm {
    let (fields, width) = (products.fields, products.width)
    var form = OperationForm(name: "InnerProducts", outputWidth: products.count)
    form.keepsInputs = true
    form.runsInTiles = true
    form.scratchCount = products.tangentScratchCount
    form.cost = OperationCost(
      forwardFlops: 2 * products.count * width, backwardFlops: 4 * products.count * width,
      forwardFloats: fields * width + products.count,
      backwardFloats: 3 * fields * width + products.count)
    let pairs = (0..<fields).flatMap { i in (i + 1..<fields).map { i * fields + $0 } }
    form.export = [
      ExportNode(
        "Reshape", [.input(0), .integers([-1, fields, width], shape: [3])],
        into: [.temporary("vectors")]),
      ExportNode(
        "Transpose", [.temporary("vectors")], into: [.temporary("transposed")],
        attributes: [("perm", .integers([0, 2, 1]))]),
      ExportNode(
        "MatMul", [.temporary("vectors"), .temporary("transposed")], into: [.temporary("gram")]),
      ExportNode(
        "Flatten", [.temporary("gram")], into: [.temporary("flat")],
        attributes: [("axis", .integer(1))]),
      ExportNode(
        "Gather", [.temporary("flat"), .integers(pairs, shape: [pairs.count])],
        attributes: [("axis", .integer(1))]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    products.forward(pass.input(0), scratch: pass.scratch, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    products.tangent(
      pass.input(0), along: direction.input(0), scratch: direction.scratch,
      into: direction.output)
  }

  func backward(_ pass: Pass) {
    products.backward(
      pass.input(0), productGradient: pass.outputGradient, into: pass.inputGradient(0),
      accumulate: pass.accumulates(0))
  }
}
