import Datasets
import Foundation
import Kernels
import Optimization
import TestSupport
import Testing

@testable import Training

@Suite struct CheckpointTensorsTests {
  /// More rows than are copied at a time, so that pieces must find their places.
  private func parts(
    _ optimizer: RunConfiguration.Optimizer = .adam, width: Int = 4, loss: String = "autoloss"
  ) throws -> RunParts {
    var configuration = RunConfiguration()
    configuration.search = RunConfiguration.paperSearch
    configuration.model.embeddingWidth = width
    configuration.model.hidden = [8]
    configuration.search.controller.hidden = [6]
    configuration.train.optimizer = optimizer
    configuration.loss = loss
    return try RunParts(configuration, fieldSizes: [9000, 8500, 3])
  }

  /// Gives every number a value of its own.
  private func fill(_ parts: RunParts) {
    let random = Randomness(seed: 5, purpose: .test)
    let table = parts.store.rows
    let layout = table.kernel.layout
    for row in 0..<table.rowCount {
      for lane in 0..<layout.lastStepOffset {
        table.memory[row * layout.stride + lane] = random.normal(example: row, lane: lane)
      }
    }
    let steps = View((0..<UInt32(table.rowCount)).map { $0 &* 2_654_435_761 })
    table.restoreLastSteps(rows: 0..<table.rowCount, from: steps)
    for (number, view) in vectors(parts).enumerated() {
      for index in 0..<view.count {
        view[index] = random.normal(example: 1_000_000 + number, lane: index)
      }
    }
  }

  private func write(_ parts: RunParts, to folder: TemporaryFolder) throws {
    let capture = RunCapture(parts)
    capture.begin()
    _ = try CheckpointTensors(parts: parts).write(capture, to: folder.url.path)
  }

  private func vectors(_ parts: RunParts) -> [Floats] {
    let store = parts.store
    let own = [store.dense.weights, store.dense.state, store.statistics]
    guard let controller = parts.controller else { return own }
    return own + [controller.dense.weights, controller.dense.state, controller.statistics]
  }

  private func bits(_ view: Floats) -> [UInt32] { view.array.map(\.bitPattern) }

  @Test(arguments: [RunConfiguration.Optimizer.adam, .lazyAdam, .sgd])
  func everyBitComesBack(optimizer: RunConfiguration.Optimizer) throws {
    let folder = try TemporaryFolder()
    let saved = try parts(optimizer)
    fill(saved)
    saved.controller?.resume(at: 77)
    try write(saved, to: folder)
    let loaded = try parts(optimizer)
    try CheckpointTensors(parts: loaded).read(from: folder.url.path)
    // Compared outside of the macro, which is slow to describe how long lists differ.
    let rowsAreEqual = bits(loaded.store.rows.memory) == bits(saved.store.rows.memory)
    #expect(rowsAreEqual)
    for (new, old) in zip(vectors(loaded), vectors(saved)) { #expect(bits(new) == bits(old)) }
    #expect(loaded.controller?.updates == 77)
  }

  @Test func weightsHaveTheNamesAndShapesOfTheModel() throws {
    let folder = try TemporaryFolder()
    let parts = try parts(loss: "fixed:ce")
    fill(parts)
    try write(parts, to: folder)
    let model = try SafetensorsFile(path: folder.path(CheckpointTensors.modelFile))
    #expect(model.tensor("embedding.embedding.weight")?.shape == [17503, 4])
    #expect(model.tensor("linear.fc.weight")?.shape == [17503, 1])
    #expect(model.tensor("mlp.mlp.0.weight")?.shape == [8, 12])
    let first = try model.elements(of: "embedding.embedding.weight", as: Float.self)
    let stride = parts.store.rows.kernel.layout.stride
    for row in [0, 8191, 8192, 17502] {
      let memory = parts.store.rows.memory.slice(row * stride, 4).array
      #expect(Array(first[4 * row..<4 * row + 4]) == memory)
    }
    let optimizer = try SafetensorsFile(path: folder.path(CheckpointTensors.optimizerFile))
    #expect(optimizer.tensor("rows.last_step")?.type == .uint32)
    #expect(optimizer.tensor("rows.firstMoment")?.shape == [17503, 5])
    let controller = folder.path(CheckpointTensors.controllerFile)
    #expect(!FileManager.default.fileExists(atPath: controller))
  }

  @Test func filesOfOtherSizesAreRefused() throws {
    let folder = try TemporaryFolder()
    let small = try parts(width: 4)
    try write(small, to: folder)
    let large = try parts(width: 5)
    #expect(throws: DataError.self) {
      try CheckpointTensors(parts: large).read(from: folder.url.path)
    }
  }
}
