import Datasets
import Foundation

/// What a run's checkpoint holds.
public struct CheckpointInspection: Sendable, Codable, Equatable {
  /// SHA-256 over parameters and optimizer state in canonical order.
  public var checksum: String
  /// Steps applied.
  public var step: Int
  /// The epoch, from 0, to which the next step belongs.
  public var epoch: Int
  /// The checkpoint's folder.
  public var path: String
  /// The names of its files, the manifest left out, sorted.
  public var files: [String]
  /// The size of these files.
  public var bytes: Int
  /// The model's name.
  public var model: String
  /// The strategy's name, e.g. `fixed:ce`.
  public var strategy: String
  /// The seed of everything random.
  public var seed: Int
  /// The hash of the data it was trained on.
  public var dataHash: String
  /// How many classes labels are of.
  public var classes: Int
  /// Dense values plus all values in rows.
  public var parameters: Int
  /// The best validation result so far.
  public var best: RunEvaluation?

  /// Reads the checkpoint in the folder `path`, or the one that the run in it stands for, checks
  /// sizes and hashes, and sums it up.
  public static func inspect(_ path: String) throws -> CheckpointInspection {
    let place = URL(fileURLWithPath: path).standardizedFileURL
    let run = CheckpointVerification.run(of: place)
    let model = try TrainedModel(
      runFolder: run?.url.path ?? path, step: run == nil ? nil : RunFolder.step(of: place))
    let url = model.folder.checkpoint(step: model.step)
    let manifest = try CheckpointStore.verifiedManifest(at: url)
    let configuration = model.parts.configuration
    return CheckpointInspection(
      checksum: model.checksum(), step: manifest.step, epoch: manifest.epoch, path: url.path,
      files: manifest.files.map(\.name), bytes: manifest.files.reduce(0) { $0 + $1.bytes },
      model: configuration.model.name.rawValue, strategy: model.parts.strategy.name,
      seed: configuration.train.seed, dataHash: manifest.dataHash,
      classes: model.parts.strategy.classes, parameters: model.parts.parameterCount,
      best: manifest.earlyStopping.best)
  }
}
