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
  private static let rowsAtOnce = 8192

  let parts: RunParts

  private var table: RowTable { parts.store.rows }
  private var dense: DenseParameters { parts.store.dense }

  /// Writes all files of the present state into `folder`.
  func write(to folder: String) throws {
    try writeModel("\(folder)/\(Self.modelFile)")
    try writeOptimizer("\(folder)/\(Self.optimizerFile)")
    if let controller = parts.controller {
      try writeController(controller, "\(folder)/\(Self.controllerFile)")
    }
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
  private func writeModel(_ path: String) throws {
    let rowTensors = table.parts.map { tensor($0.name, [table.rowCount, $0.width]) }
    let denseTensors = parts.program.parameters.map { tensor($0.name, $0.shape) }
    let statistics = parts.program.statistics.map { tensor($0.name, [$0.width]) }
    let writer = try SafetensorsWriter(path: path, tensors: rowTensors + denseTensors + statistics)
    for (index, part) in table.parts.enumerated() {
      try write(.part(index), part.name, to: writer)
    }
    for part in dense.parts {
      try writer.write(part.name, dense.weights.slice(part.offset, part.width))
    }
    for statistic in parts.program.statistics {
      let values = parts.store.statistics.slice(statistic.offset, statistic.width)
      try writer.write(statistic.name, values)
    }
    try writer.finish()
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
  private func writeOptimizer(_ path: String) throws {
    let names = table.rule.stateNames
    let rows = names.map { tensor("rows.\($0)", [table.rowCount, table.width]) }
    let vectors = names.map { tensor("dense.\($0)", [dense.count]) }
    let steps = Tensor(name: Self.lastStep, type: .uint32, shape: [table.rowCount])
    let writer = try SafetensorsWriter(path: path, tensors: rows + vectors + [steps])
    for (index, name) in names.enumerated() {
      try write(.state(index), "rows.\(name)", to: writer)
      try writer.write("dense.\(name)", dense.state.slice(index * dense.count, dense.count))
    }
    let buffer = View<UInt32>(count: Self.rowsAtOnce)
    for range in ranges {
      let piece = buffer.slice(0, range.count)
      table.copyLastSteps(rows: range, into: piece)
      try writer.write(Self.lastStep, piece, at: range.lowerBound)
    }
    try writer.finish()
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
  private func writeController(_ controller: ControllerParameters, _ path: String) throws {
    guard let program = parts.strategy.controller else { return }
    let names = controller.dense.rule.stateNames
    let writer = try SafetensorsWriter(
      path: path,
      tensors: program.parameters.map { tensor($0.name, $0.shape) }
        + program.statistics.map { tensor($0.name, [$0.width]) }
        + names.map { tensor("optimizer.\($0)", [controller.dense.count]) }
        + [Tensor(name: "updates", type: .int64, shape: [1])],
      metadata: ["candidates": parts.strategy.candidates.map(\.description).joined(separator: ";")])
    for part in controller.dense.parts {
      try writer.write(part.name, controller.dense.weights.slice(part.offset, part.width))
    }
    for statistic in program.statistics {
      let values = controller.statistics.slice(statistic.offset, statistic.width)
      try writer.write(statistic.name, values)
    }
    let count = controller.dense.count
    for (index, name) in names.enumerated() {
      try writer.write("optimizer.\(name)", controller.dense.state.slice(index * count, count))
    }
    try writer.write("updates", [Int64(controller.updates)])
    try writer.finish()
  }

  private func readController(_ controller: ControllerParameters, _ path: String) throws {
    guard let program = parts.strategy.controller else { return }
    let file = try SafetensorsFile(path: path)
    for part in controller.dense.parts {
      try file.read(part.name, into: controller.dense.weights.slice(part.offset, part.width))
    }
    for statistic in program.statistics {
      let values = controller.statistics.slice(statistic.offset, statistic.width)
      try file.read(statistic.name, into: values)
    }
    let count = controller.dense.count
    for (index, name) in controller.dense.rule.stateNames.enumerated() {
      try file.read("optimizer.\(name)", into: controller.dense.state.slice(index * count, count))
    }
    controller.resume(at: Int(try file.integers(of: "updates").first ?? 0))
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

  private func write(_ section: RowSection, _ name: String, to writer: SafetensorsWriter) throws {
    let width = table.width(of: section)
    let buffer = Floats(count: Self.rowsAtOnce * width)
    for range in ranges {
      let piece = buffer.slice(0, range.count * width)
      table.copy(section, rows: range, into: piece)
      try writer.write(name, piece, at: range.lowerBound * width)
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
