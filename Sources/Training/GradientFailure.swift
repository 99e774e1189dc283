import Graph
import Optimization

/// The rows of the table as people know them.
struct RowNames {
  /// Where the fields lie.
  var schema: FeatureSchema
  /// The names of the fields; empty where they are not known.
  var fields: [String] = []

  /// As in "row 17 (field C3, value 4)"; fields without names are counted from 1.
  func text(_ id: UInt32) -> String {
    let row = Int(id)
    guard row < schema.rowCount, let field = schema.offsets.lastIndex(where: { $0 <= row }) else {
      return "row \(row)"
    }
    let name = fields.indices.contains(field) ? fields[field] : "\(field + 1)"
    return "row \(row) (field \(name), value \(row - schema.offsets[field]))"
  }
}

extension GradientError {
  /// This one or another: the one of the lower slice.
  func first(of other: GradientError?) -> GradientError {
    if let other, other.slice < slice { other } else { self }
  }

  /// What is not finite, in one sentence.
  func sentence(_ rows: RowNames) -> String {
    "\(spot { rows.text($0) }) is not finite; nothing of this step was applied"
  }
}

extension Failure {
  /// A gradient that is not finite, with the slice it came from and what to do.
  init(_ error: GradientError, _ rows: RowNames) {
    self.init(
      notFinite: error.sentence(rows), at: "step \(error.step), slice \(error.slice)")
  }

  /// The same where the sentence was made elsewhere.
  init(notFinite sentence: String, at place: String) {
    self.init(
      sentence, at: place,
      remedy: "lower train.learningRate, or resume from the last checkpoint",
      exitCode: .internalFault)
  }
}
