import Graph
import Kernels
import Models
import TestSupport
import Testing

/// What holds for every model of the registry.
@Suite struct ModelKindTests {
  private static let schema = FeatureSchema(fieldSizes: [4, 3, 6, 2, 9])

  private func training(firstExample: Int) -> Mode {
    .training(
      dropout: Randomness(seed: 2, purpose: .dropout, step: 3), firstExample: firstExample)
  }

  /// First-order weights are one number a value; all else of a row are vectors.
  @Test(arguments: ModelVariant.all)
  func everyVectorStartsAsTold(variant: ModelVariant) {
    var options = variant.options()
    options.embeddingDeviation = 0.125
    let parts = variant.kind.program(options, schema: Self.schema).rowParts
    let vectors = parts.filter { $0.initialisation != .zeros }
    #expect(vectors.allSatisfy { $0.initialisation == .normal(standardDeviation: 0.125) })
    #expect(vectors.isEmpty == (variant.kind == .lr))
  }

  private static let listSchema = FeatureSchema(
    fieldSizes: [4, 3, 6, 2, 9],
    lists: [
      nil, ValueList(maximum: 3), nil, ValueList(maximum: 1), ValueList(maximum: 4, pooling: .sum),
    ])

  @Test(arguments: ModelVariant.all)
  func gradientsOfListsEqualCentralDifferences(variant: ModelVariant) {
    let program = variant.kind.program(variant.options(), schema: Self.listSchema)
    // Few rows: what many share crosses kinks of ReLUs.
    let trial = ProgramTrial(program, rows: 15)
    for (name, error) in trial.leastGradientErrors() { #expect(error < 1e-2, "\(name)") }
  }

  /// A model sees a field whose vector, weight or whatever a row has is the mean or sum.
  @Test(arguments: ModelVariant.all)
  func aListCountsAsTheMeanOrSumOfItsRows(variant: ModelVariant) {
    let schema = Self.listSchema
    let trial = ProgramTrial(variant.kind.program(variant.options(), schema: schema), rows: 30)
    let width = trial.program.rowWidth
    let found = trial.forward()
    let plain = Workspace(
      program: variant.kind.program(variant.options(), schema: Self.schema), maximumRows: 30)
    var column = 0
    for place in 0..<30 * schema.fieldCount {
      let length = schema.listLengths[place % schema.fieldCount]
      let rows = (column..<column + length).map { Int(trial.workspace.rowIndex[$0]) }
        .filter { $0 >= 0 }
      for lane in 0..<width {
        let sum = rows.reduce(0.0) { $0 + Double(trial.workspace.rows[$1 * width + lane]) }
        let isMean = place % schema.fieldCount == 1
        plain.rows[place * width + lane] = Float(isMean ? sum / Double(rows.count) : sum)
      }
      plain.rowIndex[place] = Int32(place)
      column += length
    }
    plain.forward(
      rows: 30, uniqueRows: 30 * schema.fieldCount, dense: trial.dense,
      statistics: trial.statistics, mode: .evaluation)
    let scale = max(1, found.map(abs).max() ?? 0)
    for (row, logit) in found.enumerated() {
      #expect(abs(logit - plain.outputs[row]) < 1e-5 * scale, "row \(row)")
    }
  }

  @Test(arguments: ModelVariant.all)
  func twoWorkspacesGiveTheSameBits(variant: ModelVariant) {
    let program = variant.kind.program(variant.options(), schema: Self.schema)
    let trials = (0..<2).map { _ in
      ProgramTrial(program, rows: 50, mode: training(firstExample: 100))
    }
    for trial in trials { trial.backward() }
    #expect(trials[0].workspace.denseGradient.array == trials[1].workspace.denseGradient.array)
    #expect(trials[0].workspace.rowGradients.array == trials[1].workspace.rowGradients.array)
  }

  @Test(arguments: ModelVariant.all)
  func everyParameterBelongsToOneOperation(variant: ModelVariant) {
    let schema = FeatureSchema(fieldSizes: [100, 50, 20])
    let program = variant.kind.program(variant.options(), schema: schema)
    #expect(
      program.operations.flatMap(\.parameters).map(\.name) == program.parameters.map(\.name))
    #expect(program.operations.flatMap(\.rowParts) == program.rowParts)
  }

  private static let changes: [String: @Sendable (inout ParticularOptions) -> Void] = [
    "order": { $0.order = 4 }, "kernel": { $0.kernel = .vec },
    "attentionWidth": { $0.attentionWidth = 7 }, "crossLayers": { $0.crossLayers = 1 },
    "cinWidths": { $0.cinWidths = [4, 4] },
    "cinSplit": { ($0.cinWidths, $0.cinSplit) = ([4, 4], true) },
    "heads": { $0.heads = 1 }, "headWidth": { $0.headWidth = 2 },
    "attentionLayers": { $0.attentionLayers = 1 }, "logNeurons": { $0.logNeurons = 4 },
    "userField": { $0.userField = 5 }, "itemField": { $0.itemField = 4 },
    "gateWidth": { $0.gateWidth = 3 }, "maskBlocks": { $0.maskBlocks = 1 },
    "blockWidth": { $0.blockWidth = 4 }, "maskRatio": { $0.maskRatio = 0.5 },
  ]

  @Test(arguments: ModelKind.allCases)
  func particularOptionsMatterOnlyWhereTheyAreSaidTo(kind: ModelKind) {
    #expect(ModelKind.particularOptions.map(\.name).sorted() == Self.changes.keys.sorted())
    for (name, models) in ModelKind.particularOptions {
      var options = ModelVariant(kind).options()
      let plain = kind.program(options, schema: Self.schema)
      Self.changes[name]?(&options.particular)
      let changed = kind.program(options, schema: Self.schema)
      let isSame =
        changed.operations.map(\.export) == plain.operations.map(\.export)
        && changed.rowParts == plain.rowParts
      #expect(isSame != models.contains(kind), "\(name)")
    }
  }
}
