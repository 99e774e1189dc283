/// Which run of a study comes next.
///
/// Pure: whoever starts and watches processes tells it what became of them.
public struct StudyAgenda: Sendable {
  /// Where a run stands.
  public enum State: Sendable, Equatable {
    /// It has not been started.
    case waiting
    /// It has been started.
    case running
    /// Its figures are there.
    case done
    /// It ended without figures, for this reason.
    case failed(String)
  }

  /// Where each run stands, by its name.
  public private(set) var states: [String: State]
  private let runs: [StudyRun]
  private let jobs: Int

  /// A study of these runs, of which at most `jobs` are made at a time and some are `done`.
  public init(_ runs: [StudyRun], jobs: Int, done: Set<String> = []) {
    precondition(jobs > 0, "at least one run is made at a time")
    self.runs = runs
    self.jobs = jobs
    states = Dictionary(
      uniqueKeysWithValues: runs.map { ($0.name, done.contains($0.name) ? .done : .waiting) })
  }

  /// The next run to start; nil when it is not yet, or no more, the time for one. Runs in `held`
  /// are in the hands of others and come later.
  public func next(avoiding held: Set<String> = []) -> StudyRun? {
    guard states.values.count(where: { $0 == .running }) < jobs else { return nil }
    return runs.first { run in
      states[run.name] == .waiting && !held.contains(run.name)
        && (run.controllerOf.map { states[$0] == .done } ?? true)
    }
  }

  /// Notes that a run has been started.
  public mutating func begin(_ name: String) { states[name] = .running }

  /// Notes that a run that was started turned out to be in the hands of others.
  public mutating func putBack(_ name: String) { states[name] = .waiting }

  /// Notes that a run has ended, with figures or, for a reason, without. What waits for the
  /// controller of a failed run fails with it.
  public mutating func end(_ name: String, failure: String? = nil) {
    states[name] = failure.map { .failed($0) } ?? .done
    guard failure != nil else { return }
    for run in runs where run.controllerOf == name && states[run.name] == .waiting {
      end(run.name, failure: "the run \(name), whose controller it needs, failed")
    }
  }

  /// How many runs have ended, and how many there are.
  public var progress: (ended: Int, all: Int) {
    let open = states.values.count { $0 == .waiting || $0 == .running }
    return (runs.count - open, runs.count)
  }

  /// Whether all runs have ended.
  public var isOver: Bool { progress.ended == progress.all }
}
