import Graph
import Kernels

/// Every feature's embedding vector, side by side: E = [e_1; …; e_F].
///
/// One table for all fields, Xavier-uniform as a whole: U(±√(6 / (rows + width))), as torchfm's
/// `FeaturesEmbedding`; or N(0, s²), as FuxiCTR has it.
public struct Embedding: Sendable {
  /// The length of a vector.
  public let width: Int
  /// The name of the table.
  public let name: String
  private let standardDeviation: Float

  /// Vectors of `width` numbers that start with the standard deviation s, or Xavier-uniform where
  /// it is 0.
  public init(
    width: Int, standardDeviation: Float = 0, name: String = "embedding.embedding.weight"
  ) {
    precondition(width > 0, "an embedding needs one number at least")
    self.width = width
    self.standardDeviation = standardDeviation
    self.name = name
  }

  /// E, [examples × fields · width].
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let part = inputs.trace.rowPart(
      name, width: width,
      initialisation: .vectors(
        of: width, rows: inputs.schema.rowCount, standardDeviation: standardDeviation))
    return inputs.trace.record(Gather(part: part, fields: inputs.schema.fieldCount))
  }
}

extension Initialisation {
  /// A table of vectors: N(0, s²), or Xavier-uniform as a whole where s is 0.
  static func vectors(of width: Int, rows: Int, standardDeviation: Float) -> Initialisation {
    standardDeviation > 0
      ? .normal(standardDeviation: standardDeviation)
      : .uniform(bound: (6 / Float(rows + width)).squareRoot())
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
