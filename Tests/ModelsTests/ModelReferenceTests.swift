import Foundation
import Graph
import Kernels
import Layers
import Models
import TestSupport
import Testing

/// Every model against the numbers of torchfm: logits, gradients and running statistics.
@Suite struct ModelReferenceTests {
  /// The reference files and their models.
  static let kinds: [String: ModelKind] = [
    "lr": .lr, "fm": .fm, "hofm": .hofm, "hofm_high": .hofm, "ffm": .ffm, "fnn": .fnn, "wd": .wd,
    "ipnn": .ipnn, "ipnn_wide": .ipnn, "ipnn_k": .ipnn,
    "opnn_mat": .opnn, "opnn_vec": .opnn, "opnn_num": .opnn, "nfm": .nfm, "fnfm": .fnfm,
    "dfm": .deepfm, "dfm_wide": .deepfm, "dfm_k": .deepfm, "afm": .afm,
    "dcn": .dcn, "dcnv2": .dcnv2, "xdfm": .xdfm, "xdfm_split": .xdfm, "afi": .afi, "afn": .afn,
    "ncf": .ncf,
  ]

  private struct Meta: Decodable {
    let batch: Int
    let momentum: Float
    let dropout: Float
    let embeddingWidth: Int?
    let fields: [Int]
    let hidden: [Int]?
    let classes: Int?
    let order: Int?
    let kernel: String?
    let attention: Int?
    let cross: Int?
    let compression: [Int]?
    let splits: Bool?
    let heads: Int?
    let layers: Int?
    let neurons: Int?
    let unused: [String]

    enum CodingKeys: String, CodingKey {
      case batch, dropout, fields, classes, order, kernel, attention, heads, layers
      case cross = "cross_layers"
      case compression = "cin"
      case splits = "split_half"
      case neurons = "lnn"
      case momentum = "bn_momentum"
      case embeddingWidth = "embed_dim"
      case hidden = "mlp"
      case unused = "unused_parameters"
    }
  }

  @Test(arguments: kinds.keys.sorted())
  func agrees(name: String) throws {
    let errors = try Self.errors(of: name)
    errors.print()
    #expect(errors.largest < 1e-5, "\(errors.worst)")
  }

  /// The differences between a model and its reference file.
  static func errors(of name: String) throws -> Errors {
    let reference = try Reference.load("models/\(name)")
    let meta = try reference.meta(as: Meta.self)
    let run = try ReferenceRun(
      reference, kind: #require(kinds[name]), options: options(meta),
      schema: FeatureSchema(fieldSizes: meta.fields), rows: meta.batch)
    var errors = Errors("models/\(name)")

    run.forward(.evaluation)
    try errors.add("logits_eval", run.logits, reference.doubles("logits_eval"))
    run.forward(
      .training(dropout: Randomness(seed: 1, purpose: .dropout), firstExample: 0))
    try errors.add("logits_train", run.logits, reference.doubles("logits_train"))
    for statistic in run.program.statistics {
      try errors.add(
        "after.\(statistic.name)", run.updated(statistic, momentum: meta.momentum),
        reference.doubles("after.\(statistic.name)"))
    }
    try errors.add("loss_train", [run.meanCrossEntropy()], reference.doubles("loss_train"))
    run.workspace.backward(dense: run.dense)
    // A bias in front of a batch normalisation has the gradient 0 and rounding noise.
    for (name, gradient) in run.gradients {
      try errors.add(
        "grad.\(name)", gradient, reference.doubles("grad.\(name)"), absolute: 1e-6)
    }
    // torchfm's product models own first-order weights that no forward uses.
    let names = run.gradients.map { "grad.\($0.name)" } + meta.unused.map { "grad.\($0)" }
    #expect(names.sorted() == reference.names.filter { $0.hasPrefix("grad.") })
    return errors
  }

  private static func options(_ meta: Meta) throws -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = meta.embeddingWidth ?? options.embeddingWidth
    options.hidden = meta.hidden ?? []
    options.dropout = meta.dropout
    options.outputs = meta.classes ?? 1
    try choose(meta, &options.particular)
    return options
  }

  private static func choose(_ meta: Meta, _ options: inout ParticularOptions) throws {
    options.order = meta.order ?? 3
    if let kernel = meta.kernel {
      options.kernel = try #require(OuterProducts.Kernel(rawValue: kernel))
    }
    options.attentionWidth = meta.attention ?? 16
    options.crossLayers = meta.cross ?? 3
    options.cinWidths = meta.compression ?? []
    options.cinSplit = meta.splits ?? false
    options.heads = meta.heads ?? 1
    options.headWidth = (meta.attention ?? 1) / (meta.heads ?? 1)
    options.attentionLayers = meta.layers ?? 1
    options.logNeurons = meta.neurons ?? 1
  }
}
