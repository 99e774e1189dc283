import Datasets
import Foundation
import Kernels
import Optimization

/// Whether a run may go on where an earlier one in the same folder stopped.
public enum ResumeMode: String, Sendable, CaseIterable {
  /// Go on from the newest checkpoint, or start when there is none.
  case auto
  /// Start; refuse a folder that holds a run.
  case never
}

/// Whole runs.
public enum TrainingRun {
  /// Trains in this process, on `train.threads` threads, and leaves checkpoints and the resolved
  /// configuration in the folder `out`.
  ///
  /// Returns when the run has ended or, after a stop signal, when its state is saved
  /// (`RunSummary.interrupted`). Throws `Explained` errors and `DataError`.
  /// `stop` listens for signals from before the data is opened, which may last.
  public static func train(
    _ configuration: RunConfiguration, resume: ResumeMode = .never,
    stop: StopSignal = StopSignal(), observer: any RunObserver
  ) throws -> RunSummary {
    var opened: RunSetup? = try RunSetup(configuration)
    let lock = try RunFolder(URL(fileURLWithPath: configuration.out)).claim()
    defer { lock.release() }
    var (resume, stretch) = (resume, nil as RateDropped?)
    while true {
      do {
        // The memory of a stretch is given back before the next one takes its own.
        let setup = try opened.take() ?? RunSetup(configuration, drops: stretch?.drops ?? [])
        let position = try setup.open(resume: resume, observer: observer)
        let compute = LocalCompute(
          parts: setup.parts, source: setup.source, threads: setup.threads)
        let trainer = Trainer(
          compute: compute, executor: compute, dataset: setup.dataset,
          checkpoints: setup.checkpoints, stop: stop, observer: observer, after: stretch)
        return try trainer.run(from: position)
      } catch let dropped as RateDropped {
        tell(dropped, configuration, observer)
        (resume, stretch) = (.auto, dropped)
      }
    }
  }

  static func tell(
    _ dropped: RateDropped, _ configuration: RunConfiguration, _ observer: any RunObserver
  ) {
    let rate = Float(dropped.drops.reduce(configuration.train.learningRate) { $0 * $1.factor })
    let step = dropped.drops.last?.step ?? 0
    observer.observe(
      .notice("no better model: after \(step) steps the learning rate is \(rate)", .info))
  }

  /// What a run would be, without doing or writing anything.
  public static func plan(_ configuration: RunConfiguration) throws -> RunPlan {
    try RunSetup(configuration).plan
  }
}

/// What a run opens before its first step.
struct RunSetup {
  let dataset: Dataset
  let parts: RunParts
  let source: BatchSource
  let checkpoints: CheckpointStore
  /// The controller that the run is given, where it is given one.
  private let given: ControllerFile?

  /// `drops` of the learning rate have been found in the run before.
  init(_ configuration: RunConfiguration, drops: [LearningRateDrop] = []) throws {
    guard !configuration.data.path.isEmpty else {
      throw Failure(
        "no data to train on was given", at: "data.path",
        remedy: "add --data FOLDER, a folder that `autoloss prepare` wrote",
        exitCode: .configuration)
    }
    dataset = try Dataset(folder: configuration.data.path)
    guard dataset.rowCount(of: .train) > 0 else {
      throw Failure(
        "there are no training rows", at: dataset.folder,
        remedy: "prepare the data with a training share above 0", exitCode: .badData)
    }
    parts = try RunParts(
      configuration.withDropsInSteps(trainingRows: dataset.rowCount(of: .train)),
      fieldSizes: dataset.fieldSizes, lists: dataset.lists, classes: dataset.classes,
      plateauDrops: drops)
    source = try BatchSource(dataset: dataset, parts: parts)
    checkpoints = CheckpointStore(
      folder: RunFolder(URL(fileURLWithPath: configuration.out)), parts: parts,
      dataHash: dataset.manifest.dataHash)
    given = try ControllerFile.find(configuration, in: checkpoints.folder)
    try given?.check(parts.strategy)
  }

  /// Compute threads: what was asked for, or all processors.
  var threads: Int {
    let asked = parts.configuration.train.threads
    return asked > 0 ? asked : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Finds where the run in the claimed folder stands; nil means from the start.
  func open(resume: ResumeMode, observer: any RunObserver) throws -> CheckpointStore.Position? {
    let folder = checkpoints.folder
    if folder.isUsed, resume == .never {
      throw Failure(
        "the folder holds a run already", at: folder.url.path,
        remedy: "go on with --resume auto, or choose another --out", exitCode: .cannotCreate)
    }
    try folder.removeLeftovers { observer.observe(.notice($0, .notice)) }
    try ControllerFile.keep(given, in: folder)
    if let given, let controller = parts.controller { try given.fill(controller) }
    let position = try checkpoints.loadNewest { observer.observe(.notice($0)) }
    let total = source.schedule.totalSteps
    if let position, position.step > total {
      throw Failure(
        "the run has made \(position.step) steps, but is to end after \(total)",
        at: folder.url.path,
        remedy: "leave train.maxSteps and train.epochs as they were or raise them; for fewer steps"
          + " begin again with another --out",
        exitCode: .configuration)
    }
    if parts.configuration.train.plateauFactor > 0, dataset.rowCount(of: .validation) == 0 {
      observer.observe(
        .notice("train.plateauFactor does nothing: the data has no validation rows to judge by"))
    }
    if parts.store.rows.rule.replaysEachStep {
      observer.observe(
        .notice(
          "train.weightDecay is so strong that rows replay each step they missed, which is slow;"
            + " lower it to 1e-8 / train.learningRate, or set train.decay=decoupled"))
    }
    if let position, total > position.step {
      // A finished run that is continued for longer has no result until it ends again.
      try folder.remove(.final)
      try folder.withdrawController()
    }
    try RunData.save(dataset, to: folder)
    try writeDurably(Data(parts.configuration.yaml.utf8), to: folder.configuration)
    try writeDurably(try RunEnvironment.current(self).json, to: folder.environment)
    return position
  }

  /// Sizes of the run.
  var plan: RunPlan {
    let table = parts.store.rows
    return RunPlan(
      model: parts.configuration.model.name.rawValue, strategy: parts.strategy.name,
      rows: source.rows, steps: source.schedule.totalSteps,
      stepsPerEpoch: source.schedule.stepsPerEpoch, fields: parts.schema.fieldCount,
      featureValues: parts.schema.rowCount, classes: parts.strategy.classes,
      parameters: parts.parameterCount,
      parameterBytes: 4
        * (table.memory.count + parts.store.dense.count + parts.store.dense.state.count),
      flopsPerExample: parts.program.cost.forwardFlops + parts.program.cost.backwardFlops,
      threads: threads)
  }
}

/// What a run would be.
public struct RunPlan: Sendable, Codable, Equatable {
  /// The model's name.
  public var model: String
  /// The strategy's name, e.g. `fixed:ce`.
  public var strategy: String
  /// Rows of the training split.
  public var rows: Int
  /// Steps of the whole run.
  public var steps: Int
  /// Steps of one epoch.
  public var stepsPerEpoch: Int
  /// Fields of a row.
  public var fields: Int
  /// Values of all fields together: rows of the table.
  public var featureValues: Int
  /// Classes of labels.
  public var classes: Int
  /// Dense values plus all values in rows.
  public var parameters: Int
  /// Bytes of the parameters with their optimizer state.
  public var parameterBytes: Int
  /// Floating-point operations of forward and backward for one example.
  public var flopsPerExample: Double
  /// Compute threads.
  public var threads: Int
}
