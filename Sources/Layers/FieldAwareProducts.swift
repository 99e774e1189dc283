import Graph
import Kernels

/// Field-aware embedding vectors and their products: every feature has one vector for each other
/// field, and a pair of features meets in the two vectors that they keep for each other.
///
/// The vectors of a feature lie side by side in its row. Each field's table starts Xavier-uniform
/// as a whole, or N(0, s²), with names as torchfm's `FieldAwareFactorizationMachine`. Source: Juan,
/// Zhuang, Chin and Lin, "Field-aware factorization machines for CTR prediction", RecSys 2016,
/// equation 4.
public struct FieldAwareProducts: Sendable {
  /// The length of a vector.
  public let width: Int
  /// The first part of the names of the tables.
  public let name: String
  private let standardDeviation: Float

  /// Vectors of `width` numbers that start with the standard deviation s, or Xavier-uniform where
  /// it is 0.
  public init(width: Int, standardDeviation: Float = 0, name: String = "ffm.embeddings") {
    precondition(width > 0, "an embedding needs one number at least")
    self.width = width
    self.standardDeviation = standardDeviation
    self.name = name
  }

  /// v_i[j] ∘ v_j[i] for all i < j, [examples × pairs · width], in the order (0,1), (0,2), …
  public func callAsFunction(_ inputs: Inputs) -> Node {
    inputs.trace.record(MeetPairs(parts: parts(inputs), isSum: false))
  }

  /// Σ_(i<j) ⟨v_i[j], v_j[i]⟩, [examples × 1].
  public func sum(_ inputs: Inputs) -> Node {
    inputs.trace.record(MeetPairs(parts: parts(inputs), isSum: true))
  }

  private func parts(_ inputs: Inputs) -> [RowPart] {
    precondition(inputs.schema.fieldCount >= 2, "pairs need two fields at least")
    let start = Initialisation.vectors(
      of: width, rows: inputs.schema.rowCount, standardDeviation: standardDeviation)
    return (0..<inputs.schema.fieldCount).map { field in
      inputs.trace.rowPart(
        "\(name).\(field).weight", width: width, initialisation: start)
    }
  }
}

/// Products of the vectors that the features of a row keep for each other.
struct MeetPairs: Operation {
  /// One part for each field, side by side in a row.
  let parts: [RowPart]
  /// Whether all products are added up to one number.
  let isSum: Bool

  private var fields: Int { parts.count }
  private var width: Int { parts[0].width }

  var form: OperationForm {
    let pairs = fields * (fields - 1) / 2
    let count = pairs * width
    var form = OperationForm(
      name: "FieldAware\(isSum ? "Sum" : "Products")", outputWidth: isSum ? 1 : count)
    form.rowParts = parts
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: isSum ? 2 * count : count, backwardFlops: 4 * count,
      forwardFloats: 2 * count + form.outputWidth, backwardFloats: 6 * count + form.outputWidth)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    let pairs = (0..<fields).flatMap { i in (i + 1..<fields).map { (i, $0) } }
    let axis = ExportNode.Value.integers([2], shape: [1])
    var nodes = [ExportNode("Add", [.identifiers, .fieldOffsets], into: [.temporary("rows")])]
    for (field, part) in parts.enumerated() {
      nodes.append(
        ExportNode(
          "Gather", [.table(part), .temporary("rows")], into: [.temporary("for \(field)")]))
      nodes.append(
        ExportNode(
          "Unsqueeze", [.temporary("for \(field)"), axis],
          into: [.temporary("column \(field)")]))
    }
    nodes.append(
      ExportNode(
        "Concat", parts.indices.map { .temporary("column \($0)") }, into: [.temporary("square")],
        attributes: [("axis", .integer(2))]))
    nodes.append(
      ExportNode(
        "Reshape",
        [.temporary("square"), .integers([-1, fields * fields, width], shape: [3])],
        into: [.temporary("vectors")]))
    for (name, places) in [
      ("left", pairs.map { $0.0 * fields + $0.1 }), ("right", pairs.map { $0.1 * fields + $0.0 }),
    ] {
      nodes.append(
        ExportNode(
          "Gather", [.temporary("vectors"), .integers(places, shape: [places.count])],
          into: [.temporary(name)], attributes: [("axis", .integer(1))]))
    }
    nodes.append(
      ExportNode(
        "Mul", [.temporary("left"), .temporary("right")], into: [.temporary("products")]))
    let flat = ExportNode.Value.temporary("flat")
    nodes.append(
      ExportNode(
        "Flatten", [.temporary("products")], into: [isSum ? flat : .output],
        attributes: [("axis", .integer(1))]))
    if isSum {
      nodes.append(
        ExportNode(
          "ReduceSum", [flat, .integers([1], shape: [1])],
          attributes: [("keepdims", .integer(1))]))
    }
    return nodes
  }

  func forward(_ pass: Pass) {
    let offset = parts[0].offset
    if isSum {
      pass.features.fieldAwareSum(
        pass.featureRows, offset: offset, width: width, into: pass.output)
    } else {
      pass.features.fieldAwareProducts(
        pass.featureRows, offset: offset, width: width, into: pass.output)
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    let (rows, motion) = (pass.featureRows, direction.featureRows)
    let offset = parts[0].offset
    if isSum {
      pass.features.fieldAwareSum(
        rows, along: motion, offset: offset, width: width, into: direction.output)
    } else {
      pass.features.fieldAwareProducts(
        rows, along: motion, offset: offset, width: width, into: direction.output)
    }
  }

  func backward(_ pass: Pass) {
    let offset = parts[0].offset
    if isSum {
      pass.features.scatterFieldAwareSum(
        pass.outputGradient, rows: pass.featureRows, into: pass.featureRowGradients,
        offset: offset, width: width)
    } else {
      pass.features.scatterFieldAwareProducts(
        pass.outputGradient, rows: pass.featureRows, into: pass.featureRowGradients,
        offset: offset, width: width)
    }
  }
}
