import Datasets
import Graph
import Kernels
import Optimization

/// How parameters and optimizer state lie in a checkpoint's safetensors files.
///
/// Rows are as they lie in memory, with the version up to which each is computed (`rows.last_step`
/// in the optimizer's file): under the dense meaning of Adam a row that was not touched lately is
/// behind, and bringing it up to date here would change later bits.
struct CheckpointTensors {
  /// The names of the files.
  static let modelFile = "model.safetensors"
  static let optimizerFile = "optimizer.safetensors"
  static let controllerFile = "controller.safetensors"
  static let fileNames = [modelFile, optimizerFile, controllerFile]

  private static let lastStep = "rows.last_step"
  private static let rowsAtOnce = 4096
  private static let pending = "pending"
  private static let pendingGradient = "pending.gradient"
  private static let pendingStatistics = "pending.statistics"

  let parts: RunParts

  private var table: RowTable { parts.store.rows }
  private var dense: DenseParameters { parts.store.dense }

  /// Writes all files of what `capture` holds into `folder`, and closes it. Rows come first and at
  /// once for both files: the sooner they are taken, the fewer have to be copied.
  ///
  /// Returns the tensors of each file.
  func write(_ capture: RunCapture, to folder: String) throws -> [String: [Tensor]] {
    let source = capture.source
    defer { source.close() }
    let model = try modelWriter("\(folder)/\(Self.modelFile)")
    let optimizer = try optimizerWriter("\(folder)/\(Self.optimizerFile)")
    try writeRows(of: source, to: model, optimizer)
    source.close()
    try writeRest(of: source.values, to: model)
    try writeDenseState(of: source.values, to: optimizer)
    for writer in [model, optimizer] { try writer.finish() }
    var tensors = [Self.modelFile: model.tensors, Self.optimizerFile: optimizer.tensors]
    if let controller = capture.controller, let program = parts.strategy.controller {
      tensors[Self.controllerFile] = try writeController(
        controller, program, "\(folder)/\(Self.controllerFile)")
    }
    return tensors
  }

  /// Fills all parameters from the files of `folder`; their places and sizes must fit.
  func read(from folder: String) throws {
    try readModel("\(folder)/\(Self.modelFile)")
    try readOptimizer("\(folder)/\(Self.optimizerFile)")
    if let controller = parts.controller {
      try readController(controller, "\(folder)/\(Self.controllerFile)")
    }
  }
}

/// The model: weights and running statistics, by the names of the program.
extension CheckpointTensors {
  private func modelWriter(_ path: String) throws -> SafetensorsWriter {
    let rows = table.parts.map { tensor($0.name, [table.rowCount, $0.width]) }
    let dense = parts.program.parameters.map { tensor($0.name, $0.shape) }
    let statistics = parts.program.statistics.map { tensor($0.name, [$0.width]) }
    return try SafetensorsWriter(path: path, tensors: rows + dense + statistics)
  }

  private func writeRest(of values: DenseValues, to writer: SafetensorsWriter) throws {
    for part in dense.parts {
      try writer.write(part.name, values.weights.slice(part.offset, part.width))
    }
    for statistic in parts.program.statistics {
      try writer.write(
        statistic.name, values.statistics.slice(statistic.offset, statistic.width))
    }
  }

  private func readModel(_ path: String) throws {
    let file = try SafetensorsFile(path: path)
    for (index, part) in table.parts.enumerated() {
      try read(.part(index), part.name, from: file)
    }
    for part in dense.parts {
      try file.read(part.name, into: dense.weights.slice(part.offset, part.width))
    }
    for statistic in parts.program.statistics {
      let values = parts.store.statistics.slice(statistic.offset, statistic.width)
      try file.read(statistic.name, into: values)
    }
  }
}

/// The optimizer: state of the rows and of the dense vector.
extension CheckpointTensors {
  private func optimizerWriter(_ path: String) throws -> SafetensorsWriter {
    let names = table.rule.stateNames
    let rows = names.map { tensor("rows.\($0)", [table.rowCount, table.width]) }
    let vectors = names.map { tensor("dense.\($0)", [dense.count]) }
    let steps = Tensor(name: Self.lastStep, type: .uint32, shape: [table.rowCount])
    return try SafetensorsWriter(path: path, tensors: rows + vectors + [steps])
  }

  private func writeDenseState(of values: DenseValues, to writer: SafetensorsWriter) throws {
    for (index, name) in table.rule.stateNames.enumerated() {
      try writer.write("dense.\(name)", values.state.slice(index * dense.count, dense.count))
    }
  }

  private func readOptimizer(_ path: String) throws {
    let file = try SafetensorsFile(path: path)
    for (index, name) in table.rule.stateNames.enumerated() {
      try read(.state(index), "rows.\(name)", from: file)
      try file.read("dense.\(name)", into: dense.state.slice(index * dense.count, dense.count))
    }
    let buffer = View<UInt32>(count: Self.rowsAtOnce)
    for range in ranges {
      let piece = buffer.slice(0, range.count)
      try file.read(Self.lastStep, from: range.lowerBound, into: piece)
      table.restoreLastSteps(rows: range, from: piece)
    }
  }
}

/// The controller: V, its running statistics and its optimizer.
extension CheckpointTensors {
  private func writeController(
    _ controller: RunCapture.Controller, _ program: Program, _ path: String
  ) throws -> [Tensor] {
    guard let present = parts.controller else { return [] }
    let names = present.dense.rule.stateNames
    let count = present.dense.count
    let pending = controller.pending == nil ? [] : pendingTensors(present)
    let writer = try SafetensorsWriter(
      path: path,
      tensors: program.parameters.map { tensor($0.name, $0.shape) }
        + program.statistics.map { tensor($0.name, [$0.width]) }
        + names.map { tensor("optimizer.\($0)", [count]) }
        + [Tensor(name: "updates", type: .int64, shape: [1])] + pending,
      metadata: ControllerFile.metadata(of: parts.strategy))
    for part in present.dense.parts {
      try writer.write(part.name, controller.weights.slice(part.offset, part.width))
    }
    for statistic in program.statistics {
      let values = controller.statistics.slice(statistic.offset, statistic.width)
      try writer.write(statistic.name, values)
    }
    for (index, name) in names.enumerated() {
      try writer.write("optimizer.\(name)", controller.state.slice(index * count, count))
    }
    try writer.write("updates", [Int64(controller.updates)])
    if let pending = controller.pending {
      try writer.write(Self.pending, [Int64(pending.step), Int64(pending.slices)])
      try writer.write(Self.pendingGradient, controller.gradient)
      if controller.statisticsSum.count > 0 {
        try writer.write(Self.pendingStatistics, controller.statisticsSum)
      }
    }
    try writer.finish()
    return writer.tensors
  }

  private func readController(_ controller: ControllerParameters, _ path: String) throws {
    let file = try SafetensorsFile(path: path)
    try controller.read(from: file)
    let count = controller.dense.count
    for (index, name) in controller.dense.rule.stateNames.enumerated() {
      try file.read("optimizer.\(name)", into: controller.dense.state.slice(index * count, count))
    }
    let pending = try readPending(controller, from: file)
    controller.resume(at: Int(try file.integers(of: "updates").first ?? 0), pending: pending)
  }

  /// The gradient that waits for its step: [step, slices], the gradient and the batch statistics.
  private func pendingTensors(_ controller: ControllerParameters) -> [Tensor] {
    let statistics = controller.statisticsSum.count
    return [
      Tensor(name: Self.pending, type: .int64, shape: [2]),
      tensor(Self.pendingGradient, [controller.gradient.count]),
    ] + (statistics > 0 ? [tensor(Self.pendingStatistics, [statistics])] : [])
  }

  private func readPending(
    _ controller: ControllerParameters, from file: SafetensorsFile
  ) throws -> ControllerParameters.Pending? {
    guard file.tensor(Self.pending) != nil else { return nil }
    let numbers = try file.integers(of: Self.pending)
    guard numbers.count == 2, numbers.allSatisfy({ $0 >= 0 }) else {
      throw DataError(
        .corrupt, "read checkpoint", at: file.path,
        "the tensor `\(Self.pending)` is not a step and a number of slices",
        remedy: "resume from an older checkpoint")
    }
    try file.read(Self.pendingGradient, into: controller.gradient)
    if controller.statisticsSum.count > 0 {
      try file.read(Self.pendingStatistics, into: controller.statisticsSum)
    }
    return ControllerParameters.Pending(step: Int(numbers[0]), slices: Int(numbers[1]))
  }
}

/// Rows in pieces.
extension CheckpointTensors {
  private var ranges: [Range<Int>] {
    stride(from: 0, to: table.rowCount, by: Self.rowsAtOnce).map {
      $0..<min($0 + Self.rowsAtOnce, table.rowCount)
    }
  }

  private func tensor(_ name: String, _ shape: [Int]) -> Tensor {
    Tensor(name: name, type: .float32, shape: shape)
  }

  /// Writes the rows in one pass; each piece is cut into the tensors of both files.
  private func writeRows(
    of source: any ParameterCapture, to model: SafetensorsWriter,
    _ optimizer: SafetensorsWriter
  ) throws {
    let sections =
      table.parts.enumerated().map { (RowSection.part($0), $1.name, model) }
      + table.rule.stateNames.enumerated().map { (RowSection.state($0), "rows.\($1)", optimizer) }
    let raw = Floats(count: Self.rowsAtOnce * table.rawWidth)
    let buffer = Floats(count: Self.rowsAtOnce * table.width)
    let steps = View<UInt32>(count: Self.rowsAtOnce)
    for range in ranges {
      let rows = raw.slice(0, range.count * table.rawWidth)
      try source.take(from: range.lowerBound, into: rows)
      for (section, name, writer) in sections {
        let width = table.width(of: section)
        let piece = buffer.slice(0, range.count * width)
        table.copy(section, ofRaw: rows, into: piece)
        try writer.write(name, piece, at: range.lowerBound * width)
      }
      let lastSteps = steps.slice(0, range.count)
      table.copyLastSteps(ofRaw: rows, into: lastSteps)
      try optimizer.write(Self.lastStep, lastSteps, at: range.lowerBound)
    }
  }

  private func read(_ section: RowSection, _ name: String, from file: SafetensorsFile) throws {
    let width = table.width(of: section)
    let buffer = Floats(count: Self.rowsAtOnce * width)
    for range in ranges {
      let piece = buffer.slice(0, range.count * width)
      try file.read(name, from: range.lowerBound * width, into: piece)
      table.restore(section, rows: range, from: piece)
    }
  }
}
