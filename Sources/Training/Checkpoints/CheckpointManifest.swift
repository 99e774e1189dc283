/// What a checkpoint is: where the run stood, whose it is, and the files that belong to it.
///
/// Written last into the folder; a folder without it, or with a file that differs from its entry,
/// is not a checkpoint.
struct CheckpointManifest: Codable, Equatable, Sendable {
  /// The layout of the folder that this build reads and writes.
  static let currentFormat = 1

  /// One file of the checkpoint.
  struct File: Codable, Equatable, Sendable {
    /// The name inside the folder, the size in bytes and the SHA-256 of the contents.
    var name: String
    var bytes: Int
    var sha256: String
    /// The shape of each tensor, by name; nil in checkpoints of builds that did not note it.
    var tensors: [String: [Int]]?
  }

  /// The layout of the folder.
  var format = CheckpointManifest.currentFormat
  /// Steps applied; parameters are those at this version.
  var step: Int
  /// The configuration that determines the model, as canonical text.
  var configuration: String
  /// The hash of the data the run learns from.
  var dataHash: String
  /// Where early stopping stands.
  var earlyStopping: EarlyStopping
  /// The slices of the running epoch that are in the parameters, as applied steps of that epoch.
  var epoch: Int
  var appliedStepsOfEpoch: Int
  /// All other files of the folder.
  var files: [File]
}
