import Datasets
import Foundation
import Kernels
import Search

/// The model of a run, read from a checkpoint.
public final class TrainedModel {
  /// Steps that were applied to it.
  public let step: Int
  let parts: RunParts
  let data: RunData
  let folder: RunFolder

  /// Loads the model that `runFolder` stands for: that of its end, or else its best, or else its
  /// newest state. Throws for a folder without one and for damaged files.
  public convenience init(runFolder: String) throws {
    try self.init(runFolder: runFolder, step: nil)
  }

  /// Loads the model of the checkpoint with `step` steps done, or the one that the run stands for.
  init(runFolder: String, step: Int?) throws {
    folder = RunFolder(URL(fileURLWithPath: runFolder))
    data = try RunData.load(from: folder)
    guard let text = try? String(contentsOf: folder.configuration, encoding: .utf8) else {
      throw Failure(
        "the run has no configuration", at: folder.configuration.path,
        remedy: "restore the file, or train again", exitCode: .missingInput)
    }
    let configuration = try RunConfiguration(yaml: text, named: folder.configuration.path)
    guard let step = step ?? folder.modelStep else {
      throw Failure(
        "the run has no checkpoint yet", at: folder.checkpoints.path,
        remedy: "train it on, or wait for its first checkpoint", exitCode: .missingInput)
    }
    // Rows that are behind catch up at the rates that the run came to.
    let drops =
      configuration.train.plateauFactor > 0
      ? try CheckpointStore.verifiedManifest(at: folder.checkpoint(step: step))
        .earlyStopping.plateauDrops : []
    parts = try RunParts(
      configuration, fieldSizes: data.fieldSizes, lists: data.lists, classes: data.classes ?? 2,
      plateauDrops: drops)
    let store = CheckpointStore(folder: folder, parts: parts, dataHash: data.dataHash)
    self.step = try store.load(step: step).step
  }

  /// What its controller answers; nil where the strategy has none.
  public var response: ControllerResponse? {
    parts.controller.flatMap {
      ControllerResponse(
        parts.strategy,
        state: ControllerState(dense: $0.dense.weights, statistics: $0.statistics))
    }
  }

  /// SHA-256 over parameters and optimizer state in canonical order.
  public func checksum() -> String { parts.checksum() }
}

extension RunFolder {
  /// The step of the checkpoint that the run stands for.
  var modelStep: Int? {
    step(of: .final) ?? step(of: .best) ?? step(of: .latest) ?? checkpointSteps().last
  }
}
