import Datasets
import Foundation

/// What a run's checkpoint holds.
public struct CheckpointInspection: Sendable, Codable, Equatable {
  /// SHA-256 over parameters and optimizer state in canonical order.
  public var checksum: String
  /// Steps applied, and the epoch that comes next.
  public var step: Int
  public var epoch: Int
  /// The checkpoint's folder, its files and its size.
  public var path: String
  public var files: [String]
  public var bytes: Int
  /// The model, the strategy, the seed and the data it was trained on.
  public var model: String
  public var strategy: String
  public var seed: Int
  public var dataHash: String
  /// Dense values plus all values in rows.
  public var parameters: Int
  /// The best validation result so far.
  public var best: RunEvaluation?

  /// Reads the checkpoint that a run stands for, checks sizes and hashes, and sums it up.
  public static func inspect(runFolder: String) throws -> CheckpointInspection {
    let model = try TrainedModel(runFolder: runFolder)
    let url = model.folder.checkpoint(step: model.step)
    let manifest = try CheckpointStore.verifiedManifest(at: url)
    let configuration = model.parts.configuration
    return CheckpointInspection(
      checksum: model.checksum(), step: manifest.step, epoch: manifest.epoch, path: url.path,
      files: manifest.files.map(\.name), bytes: manifest.files.reduce(0) { $0 + $1.bytes },
      model: configuration.model.name, strategy: model.parts.strategy.name,
      seed: configuration.train.seed, dataHash: manifest.dataHash,
      parameters: model.parts.parameterCount, best: manifest.earlyStopping.best)
  }
}
