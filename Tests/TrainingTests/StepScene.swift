import Foundation
import TestSupport

@testable import Training

/// A small run that a test drives step by step.
struct StepScene {
  let fixture: RunFixture
  let setup: RunSetup
  let compute: LocalCompute

  var parts: RunParts { setup.parts }
  var every: Int { parts.configuration.search.every }

  /// A run at step 0 on the data of `fixture`.
  init(
    _ fixture: RunFixture, threads: Int = 1, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws {
    self.fixture = fixture
    setup = try RunSetup(fixture.configuration(change))
    compute = LocalCompute(parts: setup.parts, source: setup.source, threads: threads)
  }

  /// Makes steps, with the controller's, and reads ahead what the next one needs.
  func train(_ steps: Range<Int>, readsAhead: Bool = true) throws {
    for step in steps {
      if compute.usesKeptGradient(before: step) {
        try compute.makeKeptUpdate()
      } else if parts.validatedController != nil, step % every == 0, compute.controllerDelay == 0 {
        _ = try compute.updateController(step: step, batch: step / every)
      }
      var upcoming = LocalCompute.Reads()
      if readsAhead {
        upcoming.training = step + 1
        if parts.validatedController != nil, (step + 1) % every == 0 {
          upcoming.validation = (step + 1) / every
        }
      }
      _ = try compute.train(step: step, upcoming: upcoming)
    }
  }

  /// Saves the state after `step` steps, as the newest.
  func save(_ step: Int, early: EarlyStopping = EarlyStopping()) throws -> Int {
    try setup.checkpoints.save(position(step, early: early), as: [.latest])
  }

  /// Where the run stands after `step` steps.
  func position(_ step: Int, early: EarlyStopping = EarlyStopping()) -> CheckpointStore.Position {
    let place = setup.source.schedule.place(of: step)
    return CheckpointStore.Position(
      step: step, epoch: place.epoch, appliedStepsOfEpoch: place.step, earlyStopping: early)
  }
}
