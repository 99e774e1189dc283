/// A value, key or file of the configuration that cannot be used.
///
/// `what` reads `train.batchSize: expected an integer, found the text "many"`; `place` is
/// `run.yaml:12:7`, `environment variable AUTOLOSS__TRAIN__SEED`, or the flag as it was written.
public struct ConfigurationError: Explained, Equatable {
  /// What went wrong.
  public let what: String
  /// Where, if known.
  public let place: String?
  /// What to do.
  public let remedy: String
  /// The code the process ends with.
  public let exitCode: ExitCode

  /// Names the problem of `key` at the place where its value came from.
  public init(
    key: String?, problem: String, place: String?, remedy: String,
    exitCode: ExitCode = .configuration
  ) {
    self.what = key.map { "\($0): \(problem)" } ?? problem
    self.place = place
    self.remedy = remedy
    self.exitCode = exitCode
  }
}
