import Cluster
import Datasets
import Graph
import Kernels
import Models
import Objectives
import Optimization
import Search

/// What configuration and data determine: the network, its parameters and the strategy.
final class RunParts: Sendable {
  let configuration: RunConfiguration
  /// Drops of the learning rate that the run has come to by itself.
  let plateauDrops: [LearningRateDrop]
  /// Global rows of the fields.
  let schema: FeatureSchema
  /// The recommender network, traced.
  let program: Program
  /// W at its version, or the part of it that this process holds.
  let store: ParameterStore
  /// Which rows the store has, where it has a part of them.
  let share: RowShare?
  /// How losses are chosen.
  let strategy: Strategy
  /// V, where the strategy has a controller.
  let controller: ControllerParameters?

  /// Which rows a process holds.
  enum Holding {
    /// All, at their start values.
    case all
    /// None: a worker is sent what it needs.
    case none
    /// Those of one server, without values.
    case seat(Int, PartitionMap)
  }

  /// Parameters at their start values, for data with labels of `classes` classes; throws for names
  /// that do not exist, and for losses of another task.
  init(
    _ configuration: RunConfiguration, fieldSizes: [Int], lists: [ValueList?] = [],
    classes: Int = 2, holding: Holding = .all, plateauDrops: [LearningRateDrop] = []
  ) throws {
    self.configuration = configuration
    self.plateauDrops = plateauDrops
    schema = FeatureSchema(fieldSizes: fieldSizes, lists: lists)
    strategy = try Self.strategy(configuration, classes: classes)
    program = try Self.program(configuration, schema: schema, outputs: strategy.outputs)
    (store, share) = try Self.store(
      configuration, program: program, rowCount: schema.rowCount, holding: holding,
      drops: plateauDrops)
    controller = strategy.controller.map { program in
      let options = configuration.search.controller
      let rule = UpdateRule.adam(
        learningRate: options.learningRate, weightDecay: options.weightDecay)
      return ControllerParameters(program: program, rule: rule, seed: configuration.seed)
    }
  }

  /// V, where it is updated on batches of its own: of the validation rows, or those of steps.
  var validatedController: ControllerParameters? {
    switch strategy.learnsFrom {
    case .validation, .training: controller
    case .nothing, .losses, .runs: nil
    }
  }

  /// Lets the strategy learn from a step that was applied, if it learns from steps.
  func learn(from sums: StrategySums) {
    guard strategy.learnsFrom == .losses else { return }
    controller?.learn(strategy, from: sums, every: configuration.search.every)
  }

  /// Dense values plus all values in rows.
  var parameterCount: Int { program.denseCount + schema.rowCount * program.rowWidth }

  /// Rows of the longest slice.
  var sliceCapacity: Int {
    let train = configuration.train
    return (train.batchSize + train.slices - 1) / train.slices
  }

  private static func program(
    _ configuration: RunConfiguration, schema: FeatureSchema, outputs: Int
  ) throws -> Program {
    let name = configuration.model.name
    var options = ModelOptions()
    options.outputs = outputs
    options.embeddingWidth = configuration.model.embeddingWidth
    options.embeddingDeviation = Float(configuration.model.embeddingDeviation)
    options.hidden = configuration.model.hidden
    options.dropout = Float(configuration.model.dropout)
    options.linearInitialisation =
      configuration.model.linearInit == .zeros ? .zeros : .normal(standardDeviation: 1)
    options.particular = configuration.model.particular
    if let objection = name.objection(options, fieldCount: schema.fieldCount) {
      throw Failure(
        objection.problem, at: "model.\(objection.option)", remedy: objection.remedy,
        exitCode: .configuration)
    }
    return name.program(options, schema: schema)
  }

  private static func strategy(
    _ configuration: RunConfiguration, classes: Int
  ) throws -> Strategy {
    let search = configuration.search
    var options = SearchOptions()
    options.temperature = TemperatureSchedule(
      start: search.temperature.start, slope: search.temperature.slope,
      floor: search.temperature.floor)
    options.straightThrough = search.hard
    options.attached = search.attached
    options.validationNoise = search.validationNoise
    options.frozen = !search.controller.file.isEmpty
    options.virtualStep = Float(search.virtualStep)
    options.upper = search.upper
    options.aucWeight = Float(search.aucWeight)
    options.entropyBonus = Float(search.entropyBonus)
    options.hidden = search.controller.hidden
    options.batchNorm = search.controller.batchNorm
    options.dropout = Float(search.controller.dropout)
    do {
      let candidates = try search.candidates.map { text throws(LossError) in try Loss(text) }
      let strategy = try Strategy(
        configuration.loss, candidates: candidates, classes: classes, options: options)
      if strategy.looksAhead, !search.upper.allows(classes: classes) {
        throw Failure(
          "\(search.upper.rawValue) compares labels 0 and 1, and the data has \(classes) classes",
          at: "search.upper", remedy: "set search.upper=logloss", exitCode: .configuration)
      }
      return strategy
    } catch let error as LossError {
      throw Failure(
        error.description, at: "search.candidates", remedy: "name losses that exist",
        exitCode: .configuration)
    } catch StrategyError.badLoss(let error) {
      let isAlone = configuration.loss.hasPrefix("fixed:")
      throw Failure(
        error.description, at: isAlone ? "loss" : "search.candidates",
        remedy: "see `autoloss losses` for the losses of each task", exitCode: .configuration)
    } catch let error as StrategyError {
      throw Failure(
        error.description, at: "loss", remedy: "see `autoloss strategies`",
        exitCode: .configuration)
    }
  }

  private static func store(
    _ configuration: RunConfiguration, program: Program, rowCount: Int, holding: Holding,
    drops: [LearningRateDrop]
  ) throws -> (ParameterStore, RowShare?) {
    let (rule, clip) = (try configuration.rowRule(drops), configuration.gradientClip)
    let rowParts = program.rowParts.map {
      ParameterPart(
        name: $0.name, offset: $0.offset, width: $0.width, initialisation: $0.initialisation)
    }
    let denseParts = program.parameters.map {
      ParameterPart(
        name: $0.name, offset: $0.offset, width: $0.count, initialisation: $0.initialisation)
    }
    let dense = DenseParameters(
      parts: denseParts, rule: try configuration.denseRule(drops), seed: configuration.seed)
    let statistics = program.startStatistics().array
    switch holding {
    case .all:
      let rows = RowTable(
        rowCount: rowCount, parts: rowParts, rule: rule, clip: clip, seed: configuration.seed)
      return (ParameterStore(rows: rows, dense: dense, statistics: statistics), nil)
    case .none:
      let rows = RowTable(rowCount: 0, parts: rowParts, rule: rule, clip: clip)
      return (ParameterStore(rows: rows, dense: dense, statistics: statistics), nil)
    case .seat(let seat, let map):
      let share = RowShare(rowCount: rowCount) { map.owner(of: $0) == seat }
      let rows = RowTable(rowCount: share.count, parts: rowParts, rule: rule, clip: clip)
      let store = ParameterStore(
        rows: rows, dense: dense, statistics: seat == 0 ? statistics : [],
        ownedDense: dense.range(chunk: seat, of: map.servers))
      return (store, share)
    }
  }
}

extension RunConfiguration {
  /// The seed as the generators take it.
  var seed: UInt64 { UInt64(train.seed) }
}
