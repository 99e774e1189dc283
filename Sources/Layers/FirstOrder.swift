import Graph
import Kernels

/// The first-order term: bias + Σ_i w_i, one weight a feature and output.
///
/// torchfm's `FeaturesLinear` draws the weights from N(0, 1); zeros is the other usual choice.
public struct FirstOrder: Sendable {
  /// How many numbers the term has per example.
  public let outputs: Int
  /// How the weights start.
  public let initialisation: Initialisation
  /// The first part of the names of weights and bias.
  public let name: String

  /// A term of `outputs` numbers.
  public init(outputs: Int = 1, initialisation: Initialisation = .zeros, name: String = "linear") {
    precondition(outputs > 0, "a first-order term needs one output at least")
    self.outputs = outputs
    self.initialisation = initialisation
    self.name = name
  }

  /// The term, [examples × outputs].
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let trace = inputs.trace
    return trace.record(
      FeatureSum(
        part: trace.rowPart("\(name).fc.weight", width: outputs, initialisation: initialisation),
        bias: trace.parameter("\(name).bias", shape: [outputs], initialisation: .zeros),
        fields: inputs.schema.fieldCount))
  }
}

/// Adds up a part of the rows of an example's features, and a bias.
struct FeatureSum: Operation {
  let part: RowPart
  let bias: Parameter
  let fields: Int

  var form: OperationForm {
    let count = fields * part.width
    var form = OperationForm(name: "FeatureSum \(part.name)", outputWidth: part.width)
    form.parameters = [bias]
    form.rowParts = [part]
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: count, backwardFlops: count, forwardFloats: count, backwardFloats: 2 * count)
    form.export = [
      ExportNode("Add", [.identifiers, .fieldOffsets], into: [.temporary("rows")]),
      ExportNode("Gather", [.table(part), .temporary("rows")], into: [.temporary("weights")]),
      ExportNode(
        "ReduceSum", [.temporary("weights"), .integers([1], shape: [1])],
        into: [.temporary("sum")], attributes: [("keepdims", .integer(0))]),
      ExportNode("Add", [.temporary("sum"), .parameter(bias)]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    pass.features.sum(
      pass.featureRows, offset: part.offset, width: part.width, bias: pass.parameter(bias),
      into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    Elementwise.columnSums(
      of: pass.outputGradient, into: pass.parameterGradient(bias), beta: pass.parameterFactor)
    pass.features.scatterAddShared(
      pass.outputGradient, into: pass.featureRowGradients, offset: part.offset, width: part.width)
  }
}
