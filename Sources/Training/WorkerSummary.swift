/// What a worker did, and how it ended.
public struct WorkerSummary: Sendable, Codable, Equatable {
  /// Ways to end.
  public enum Outcome: String, Sendable, Codable, CaseIterable {
    /// The run is over, or the worker was asked to leave.
    case done
    /// The run was stopped after a checkpoint, and can go on.
    case interrupted
    /// The coordinator does not admit this worker.
    case refused
    /// Something failed.
    case failed
  }

  /// The name by which the coordinator's log calls this worker.
  public var worker: String
  /// The address of the coordinator.
  public var coordinator: String
  /// How it ended.
  public var outcome: Outcome
  /// Why it ended, in one sentence.
  public var reason: String
  /// Slices computed, those included that another worker delivered first.
  public var slices: Int
  /// Training examples of these slices.
  public var examples: Int
  /// Wall time from the first attempt to connect to the end.
  public var seconds: Double
  /// Where the failure of the run began; nil unless it failed.
  public var firstFailure: FirstFailure?

  /// The end as an error; nil when all went well.
  public var failure: Failure? {
    switch outcome {
    case .done: nil
    case .interrupted:
      Failure(
        reason, at: coordinator, remedy: "start this worker again when the coordinator goes on",
        exitCode: .interrupted)
    case .refused:
      Failure(
        "the coordinator refuses this worker: \(reason)", at: coordinator,
        remedy: "use the coordinator's build, data and OpenBLAS kernel", exitCode: .refused)
    case .failed:
      Failure(
        reason, at: coordinator, remedy: "look at the coordinator's log", exitCode: .unavailable)
    }
  }
}
