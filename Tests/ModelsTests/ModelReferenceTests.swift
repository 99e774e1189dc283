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
    let reference = try Reference.load("models/\(name)")
    let meta = try reference.meta(as: Meta.self)
    let run = try ReferenceRun(
      reference, kind: #require(Self.kinds[name]), options: options(meta),
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
    errors.print()
    #expect(errors.largest < 1e-5, "\(errors.worst)")
    // torchfm's product models own first-order weights that no forward uses.
    let names = run.gradients.map { "grad.\($0.name)" } + meta.unused.map { "grad.\($0)" }
    #expect(names.sorted() == reference.names.filter { $0.hasPrefix("grad.") })
  }

  private func options(_ meta: Meta) throws -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = meta.embeddingWidth ?? options.embeddingWidth
    options.hidden = meta.hidden ?? []
    options.dropout = meta.dropout
    options.outputs = meta.classes ?? 1
    try choose(meta, &options.particular)
    return options
  }

  private func choose(_ meta: Meta, _ options: inout ParticularOptions) throws {
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

/// A model with the parameters and examples of a reference file.
private final class ReferenceRun {
  let program: Program
  let workspace: Workspace
  let dense: Floats
  private let statistics: Floats
  private let labels: [Int64]
  private let schema: FeatureSchema
  private let rows: Int
  /// The table's row that each of the workspace's rows holds.
  private var unique: [Int] = []

  init(
    _ reference: Reference, kind: ModelKind, options: ModelOptions, schema: FeatureSchema,
    rows: Int
  ) throws {
    self.schema = schema
    self.rows = rows
    program = kind.program(options, schema: schema)
    workspace = Workspace(program: program, maximumRows: rows)
    dense = Floats(count: program.denseCount)
    statistics = Floats(count: program.statisticsCount)
    labels = try reference.doubles("y").map { Int64($0) }
    for parameter in program.parameters {
      #expect(reference.shape(parameter.name) == parameter.shape)
      try dense.slice(parameter.offset, parameter.count)
        .copy(from: Floats(reference.floats(parameter.name)))
    }
    for statistic in program.statistics {
      try statistics.slice(statistic.offset, statistic.width)
        .copy(from: Floats(reference.floats(statistic.name)))
    }
    try fillRows(reference)
  }

  private func fillRows(_ reference: Reference) throws {
    var positions: [Int: Int] = [:]
    for (place, id) in try reference.integers("x").enumerated() {
      let row = schema.offsets[place % schema.fieldCount] + Int(id)
      if positions[row] == nil {
        positions[row] = unique.count
        unique.append(row)
      }
      workspace.rowIndex[place] = Int32(positions[row] ?? 0)
    }
    for part in program.rowParts {
      let table = try reference.floats(part.name)
      for (position, row) in unique.enumerated() {
        for lane in 0..<part.width {
          workspace.rows[position * program.rowWidth + part.offset + lane] =
            table[row * part.width + lane]
        }
      }
    }
  }

  func forward(_ mode: Mode) {
    workspace.forward(
      rows: rows, uniqueRows: unique.count, dense: dense, statistics: statistics, mode: mode)
  }

  var logits: [Float] { workspace.outputs.slice(0, rows * program.outputWidth).array }

  /// The mean cross entropy; its gradient goes to the workspace.
  func meanCrossEntropy() -> Double {
    let width = program.outputWidth
    var loss = 0.0
    for row in 0..<rows {
      let z = (0..<width).map { Double(workspace.outputs[row * width + $0]) }
      // One logit is that of class 1 against a logit of 0.
      let all = width == 1 ? [0, z[0]] : z
      let sum = all.reduce(0) { $0 + exp($1) }
      loss -= (all[Int(labels[row])] - log(sum)) / Double(rows)
      for (column, logit) in z.enumerated() {
        let isLabel = Int(labels[row]) == (width == 1 ? 1 : column)
        workspace.outputGradient[row * width + column] = Float(
          (exp(logit) / sum - (isLabel ? 1 : 0)) / Double(rows))
      }
    }
    return loss
  }

  /// A running statistic after one step.
  func updated(_ statistic: Statistic, momentum: Float) -> [Float] {
    (statistic.offset..<statistic.offset + statistic.width).map {
      (1 - momentum) * statistics[$0] + momentum * workspace.batchStatistics[$0]
    }
  }

  /// The gradients of all parameters; those of rows as the whole table.
  var gradients: [(name: String, values: [Float])] {
    var result = program.parameters.map { parameter in
      (parameter.name, workspace.denseGradient.slice(parameter.offset, parameter.count).array)
    }
    for part in program.rowParts {
      var table = [Float](repeating: 0, count: schema.rowCount * part.width)
      for (position, row) in unique.enumerated() {
        for lane in 0..<part.width {
          table[row * part.width + lane] =
            workspace.rowGradients[position * program.rowWidth + part.offset + lane]
        }
      }
      result.append((part.name, table))
    }
    return result
  }
}
