import Layers
import Models
import Testing

/// A model with options of its own: one line of the table that the tests of all models run over.
struct ModelVariant: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let kind: ModelKind
  private let change: @Sendable (inout ModelOptions) -> Void

  init(
    _ kind: ModelKind, _ name: String? = nil,
    _ change: @escaping @Sendable (inout ModelOptions) -> Void = { _ in }
  ) {
    testDescription = name.map { "\(kind), \($0)" } ?? "\(kind)"
    self.kind = kind
    self.change = change
  }

  /// Every model with the defaults of what it has for itself, and the other forms of some.
  static let all =
    ModelKind.allCases.map { ModelVariant($0) } + [
      ModelVariant(.hofm, "order 2") { $0.order = 2 },
      ModelVariant(.hofm, "order 5") { $0.order = 5 },
      ModelVariant(.opnn, "vector kernels") { $0.kernel = .vec },
      ModelVariant(.opnn, "number kernels") { $0.kernel = .num },
      ModelVariant(.afm, "wide attention") { $0.attentionWidth = 19 },
    ]

  /// The options of a small model.
  func options(outputs: Int = 1) -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = 4
    options.hidden = [10, 6]
    options.outputs = outputs
    change(&options)
    return options
  }
}
