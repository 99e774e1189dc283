import Graph
import Kernels

/// Every feature's embedding vector, side by side: E = [e_1; …; e_F].
///
/// One table for all fields, Xavier-uniform as a whole: U(±√(6 / (rows + width))), as torchfm's
/// `FeaturesEmbedding`.
public struct Embedding: Sendable {
  /// The length of a vector.
  public let width: Int
  /// The name of the table.
  public let name: String

  /// Vectors of `width` numbers.
  public init(width: Int, name: String = "embedding.embedding.weight") {
    precondition(width > 0, "an embedding needs one number at least")
    self.width = width
    self.name = name
  }

  /// E, [examples × fields · width].
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let bound = (6 / Float(inputs.schema.rowCount + width)).squareRoot()
    let part = inputs.trace.rowPart(name, width: width, initialisation: .uniform(bound: bound))
    return inputs.trace.record(Gather(part: part, fields: inputs.schema.fieldCount))
  }
}

/// Gathers a part of the row of every feature.
struct Gather: Operation {
  let part: RowPart
  let fields: Int

  var form: OperationForm {
    let width = fields * part.width
    var form = OperationForm(name: "Gather \(part.name)", outputWidth: width)
    form.rowParts = [part]
    form.runsInTiles = true
    form.cost = OperationCost(
      backwardFlops: width, forwardFloats: 2 * width, backwardFloats: 3 * width)
    form.export = [
      ExportNode("Add", [.identifiers, .fieldOffsets], into: [.temporary("rows")]),
      ExportNode("Gather", [.table(part), .temporary("rows")], into: [.temporary("vectors")]),
      ExportNode("Flatten", [.temporary("vectors")], attributes: [("axis", .integer(1))]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    pass.features.gather(
      pass.featureRows, offset: part.offset, width: part.width, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    pass.features.scatterAdd(
      pass.outputGradient, into: pass.featureRowGradients, offset: part.offset, width: part.width)
  }
}
