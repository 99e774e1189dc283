import Foundation

/// Saves a run on its way, beside training, and tells the observer of each save that is done.
///
/// Belongs to the thread that drives the run; all calls come between steps.
final class RunSaver {
  /// A save whose files are being written.
  private struct Saving {
    var step: Int
    var began: ContinuousClock.Instant
    var stall = 0.0
    var wait = 0.0
    var fetch = 0.0
  }

  /// How long a save may take before it is mentioned, and then again and again.
  private static let patienceSeconds = 10.0

  private let folder: RunFolder
  private let options: RunConfiguration.Checkpoint
  private let writer: CheckpointWriter
  private let executor: any StepExecutor
  private let observer: any RunObserver
  private var saving: Saving?
  private var lastSave = ContinuousClock.now
  /// How long the save that comes next was waited for before the step that it follows.
  private var expectedFor = 0.0
  /// The step that was saved last, or is being saved; nil when none was.
  private(set) var step: Int?

  /// Reserves what saving beside training needs.
  init(_ store: CheckpointStore, executor: any StepExecutor, observer: any RunObserver) {
    folder = store.folder
    options = store.parts.configuration.checkpoint
    writer = CheckpointWriter(store)
    self.executor = executor
    self.observer = observer
  }

  /// Notes that the run goes on from the checkpoint of `step`, if from any.
  func goOn(from step: Int?) { (self.step, lastSave) = (step, .now) }

  /// Whether the options ask for a save with `step` steps done.
  func isDue(after step: Int) -> Bool {
    if options.everySteps > 0, step % options.everySteps == 0 { return true }
    return options.everyMinutes > 0 && seconds(since: lastSave) >= options.everyMinutes * 60
  }

  /// Says that a save comes with `step` steps done; what others still have to bring for the one
  /// before is waited for.
  func expect(_ step: Int) throws {
    let began = ContinuousClock.now
    try executor.expectSave(after: step)
    expectedFor = seconds(since: began)
  }

  /// Captures the run at `position` and lets it be written: from here, from what the executor has
  /// captured elsewhere, or once it has brought that here. A save that is being written is waited
  /// for. Training stands still since `began`.
  func save(
    _ position: CheckpointStore.Position, as pointers: [RunFolder.Pointer],
    since began: ContinuousClock.Instant = .now
  ) throws {
    var saving = Saving(step: position.step, began: began)
    if self.saving != nil {
      try settle()
      saving.wait = seconds(since: saving.began)
    }
    let fetchBegan = ContinuousClock.now
    let fetched = try executor.capture()
    if fetched == nil, try executor.synchronise() { saving.fetch = seconds(since: fetchBegan) }
    writer.begin(
      CheckpointWriter.Job(
        position: position, pointers: pointers, keep: options.keep,
        stepsToKeep: position.earlyStopping.stepsToKeep), from: fetched)
    (step, lastSave) = (position.step, .now)
    saving.wait += expectedFor
    saving.stall = seconds(since: saving.began) + expectedFor
    expectedFor = 0
    self.saving = saving
  }

  /// Tells of the save under way if it is done; throws what made it fail.
  func collect() throws {
    guard writer.isDone, let saving else { return }
    self.saving = nil
    do {
      let written = try writer.takeOutcome()
      let checkpoint = RunCheckpoint(
        step: saving.step, path: folder.checkpoint(step: saving.step).path, bytes: written.bytes,
        seconds: seconds(from: saving.began, to: written.endedAt), stallSeconds: saving.stall,
        waitSeconds: saving.wait, fetchSeconds: saving.fetch, keptBytes: written.keptBytes)
      executor.saved(checkpoint)
      observer.observe(.checkpointed(checkpoint))
    } catch {
      step = nil
      let before = folder.step(of: .latest).map { "that of step \($0) is still there" }
      observer.observe(
        .notice(
          "the checkpoint of step \(saving.step) could not be written; "
            + (before ?? "there is none before it"), .error))
      throw error
    }
  }

  /// Waits until no save is under way, and tells of the one that was.
  func settle() throws {
    var mentioned = ContinuousClock.now
    while let saving, !writer.wait(until: Date(timeIntervalSinceNow: 0.2)) {
      executor.attend("the checkpoint of step \(saving.step)")
      guard seconds(since: mentioned) >= Self.patienceSeconds else { continue }
      mentioned = .now
      observer.observe(
        .notice(
          "the checkpoint of step \(saving.step) is being written for"
            + " \(Int(seconds(since: saving.began))) s; the run waits for the disk"))
    }
    try collect()
  }
}
