import Graph

/// Why a model cannot be made.
public struct ModelObjection: Equatable {
  /// The option to change, by its name in configurations under `model`.
  public let option: String
  /// What is wrong.
  public let problem: String
  /// What to do.
  public let remedy: String
}

extension ModelKind {
  /// Why this model cannot be made with these options for this many fields; nil when it can.
  ///
  /// What only the types know, such as that a width is positive, is taken for granted.
  public func objection(_ options: ModelOptions, fieldCount: Int) -> ModelObjection? {
    switch self {
    case .ipnn, .opnn, .ffm, .fnfm, .afm:
      fieldCount >= 2 ? nil : tooFew("pairs of fields")
    case .ncf:
      pairObjection(options.particular, fieldCount)
    case .finalmlp:
      contextObjection(options.particular, fieldCount) ?? headObjection(options, fieldCount)
    case .xdfm:
      splitObjection(options.particular)
    default: nil
    }
  }

  private func tooFew(_ needed: String) -> ModelObjection {
    ModelObjection(
      option: "name", problem: "\(self) makes \(needed), and the data has one field only",
      remedy: "choose another model, such as lr or fnn")
  }

  private func pairObjection(
    _ options: ParticularOptions, _ fieldCount: Int
  ) -> ModelObjection? {
    if fieldCount < 2 { return tooFew("a score of a user and an item") }
    let isNamed = options.userField > 0 && options.itemField > 0
    if fieldCount > 2, !isNamed {
      return ModelObjection(
        option: options.userField == 0 ? "userField" : "itemField",
        problem: "ncf is a model of a user and an item, and the data has \(fieldCount) fields",
        remedy: "say by model.userField and model.itemField, counted from 1, which two it takes"
          + " (it leaves out the others), or choose another model")
    }
    let (user, item) = options.pair
    if user == item {
      return ModelObjection(
        option: "itemField", problem: "user and item are both field \(user + 1)",
        remedy: "give the position of the item's field, counted from 1")
    }
    return contextObjection(options, fieldCount)
  }

  /// Fields that are given must exist.
  private func contextObjection(
    _ options: ParticularOptions, _ fieldCount: Int
  ) -> ModelObjection? {
    for (option, field) in [("userField", options.userField), ("itemField", options.itemField)]
    where field > fieldCount {
      return ModelObjection(
        option: option, problem: "field \(field) is asked for, and the data has \(fieldCount)",
        remedy: "give a position from 1 to \(fieldCount)")
    }
    return nil
  }

  private func headObjection(_ options: ModelOptions, _ fieldCount: Int) -> ModelObjection? {
    let width = options.hidden.last ?? fieldCount * options.embeddingWidth
    let heads = options.particular.heads
    if width.isMultiple(of: heads) { return nil }
    return ModelObjection(
      option: "heads", problem: "\(heads) heads do not divide the \(width) numbers of a stream",
      remedy: "choose a divisor of \(width), "
        + (options.hidden.isEmpty ? "all numbers of the embedding" : "the last of model.hidden"))
  }

  private func splitObjection(_ options: ParticularOptions) -> ModelObjection? {
    guard let last = options.cinWidths.indices.last else {
      return ModelObjection(
        option: "cinWidths", problem: "the list is empty", remedy: "give one width at least")
    }
    guard options.cinSplit else { return nil }
    let odd = options.cinWidths[..<last].first { !$0.isMultiple(of: 2) }
    return odd.map {
      ModelObjection(
        option: "cinWidths", problem: "a layer of \($0) vectors cannot be split into halves",
        remedy: "make all widths but the last even, or set model.cinSplit to false")
    }
  }
}
