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
      ModelVariant(.hofm, "order 2") { $0.particular.order = 2 },
      ModelVariant(.hofm, "order 5") { $0.particular.order = 5 },
      ModelVariant(.opnn, "vector kernels") { $0.particular.kernel = .vec },
      ModelVariant(.opnn, "number kernels") { $0.particular.kernel = .num },
      ModelVariant(.afm, "wide attention") { $0.particular.attentionWidth = 19 },
      ModelVariant(.dcn, "one layer") { $0.particular.crossLayers = 1 },
      ModelVariant(.xdfm, "split, three layers") {
        $0.particular.cinSplit = true
        $0.particular.cinWidths = [6, 4, 3]
      },
      ModelVariant(.afi, "one head") { $0.particular.heads = 1 },
      ModelVariant(.ncf, "two other fields") {
        $0.particular.userField = 3
        $0.particular.itemField = 2
      },
      ModelVariant(.finalmlp, "with contexts") {
        $0.particular.userField = 3
        $0.particular.itemField = 2
      },
      ModelVariant(.masknet, "narrow masks") { $0.particular.maskRatio = 0.3 },
    ]

  /// The options of a small model.
  func options(outputs: Int = 1) -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = 4
    options.hidden = [10, 6]
    options.outputs = outputs
    options.particular.crossLayers = 2
    options.particular.cinWidths = [5, 3]
    options.particular.headWidth = 3
    options.particular.attentionLayers = 2
    options.particular.logNeurons = 7
    options.particular.gateWidth = 6
    options.particular.maskBlocks = 2
    options.particular.blockWidth = 5
    change(&options)
    return options
  }
}
