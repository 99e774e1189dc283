import Testing

@testable import Training

/// `search.controllerDelay`: updates of the controller from parameters that are some steps old.
@Suite struct ControllerDelayTests {
  /// Twenty steps, updates after every seventh, and the state of the last step as the result.
  private func configuration(
    _ fixture: RunFixture, delay: Int, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunConfiguration {
    fixture.configuration {
      $0.search.controllerDelay = delay
      $0.train.epochs = 2
      $0.train.maxSteps = 20
      $0.train.evaluateEvery = 1000
      change(&$0)
    }
  }

  /// The slow definition: a second run stands still at version t and is updated at once, and the
  /// first gets its controller d steps later.
  @Test(arguments: [1, 3, 6], ["autoloss", "al2"])
  func updatesAreThoseOfAFrozenCopy(delay: Int, loss: String) throws {
    let fixture = try RunFixture()
    let moving = try StepScene(fixture) { $0.loss = loss }
    let frozen = try StepScene(fixture) { $0.loss = loss }
    let mine = try #require(moving.parts.controller)
    let other = try #require(frozen.parts.controller)
    for step in 0..<20 {
      if step % 7 == 0 {
        frozen.take(moving)
        _ = try frozen.compute.updateController(step: step, batch: step / 7)
      }
      if step % 7 == delay { mine.take(other) }
      _ = try moving.compute.train(step: step, upcoming: .init())
    }
    #expect(mine.updates == stride(from: delay, to: 20, by: 7).reduce(0) { count, _ in count + 1 })
    for threads in [1, 2] {
      let summary = try TrainingRun.train(
        configuration(fixture, delay: delay) {
          $0.loss = loss
          $0.train.threads = threads
        }, observer: EventLog())
      #expect(summary.step == 20)
      #expect(summary.checksum == moving.parts.checksum(), "\(threads) threads")
    }
  }

  @Test func aDelayIsAnotherRun() throws {
    let fixture = try RunFixture()
    let checksums = try (0...2).map {
      try TrainingRun.train(configuration(fixture, delay: $0), observer: EventLog()).checksum
    }
    #expect(Set(checksums).count == 3)
  }

  /// Stops before step 7, on each step of the window of three behind it, and after it.
  @Test(arguments: 7...11, [true, false])
  func aStopInTheWindowChangesNoBit(steps: Int, batchNorm: Bool) throws {
    let fixture = try RunFixture()
    func whole(_ change: (inout RunConfiguration) -> Void) -> RunConfiguration {
      configuration(fixture, delay: 3) {
        $0.search.controller.batchNorm = batchNorm
        change(&$0)
      }
    }
    let straight = try TrainingRun.train(whole { _ in }, observer: EventLog())
    let folder = fixture.folder.path("stopped")
    let short = try TrainingRun.train(
      whole {
        $0.out = folder
        $0.train.maxSteps = steps
      }, observer: EventLog())
    let inspection = try CheckpointInspection.inspect(folder)
    #expect(inspection.checksum == short.checksum && inspection.step == steps)
    #expect(try CheckpointVerification.verify(folder).map(\.isWhole) == [true])
    // The gradient of step 7 is kept from the end of that step until step 10 begins.
    let setup = try RunSetup(whole { $0.out = folder })
    _ = try setup.checkpoints.load(step: steps)
    #expect(setup.parts.controller?.pending?.step == ((8...10).contains(steps) ? 7 : nil))
    #expect(setup.parts.controller?.updates == (steps > 10 ? 2 : 1))
    let resumed = try TrainingRun.train(
      whole {
        $0.out = folder
        $0.train.threads = 2
      }, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum)
  }

  @Test func anotherDelayDoesNotGoOnWithTheRun() throws {
    let fixture = try RunFixture()
    var present = configuration(fixture, delay: 0) { $0.train.maxSteps = 3 }
    _ = try TrainingRun.train(present, observer: EventLog())
    present.search.controllerDelay = 2
    let error = #expect(throws: Failure.self) {
      try TrainingRun.train(present, resume: .auto, observer: EventLog())
    }
    #expect(error?.what.hasSuffix("it does not have `search.controllerDelay: 2`") == true)
    var delayed = configuration(fixture, delay: 2) { $0.train.maxSteps = 3 }
    _ = try TrainingRun.train(delayed, observer: EventLog())
    delayed.search.controllerDelay = 0
    let other = #expect(throws: Failure.self) {
      try TrainingRun.train(delayed, resume: .auto, observer: EventLog())
    }
    #expect(other?.what.hasSuffix("it has `search.controllerDelay: 2`, now not") == true)
  }

  /// The log tells what a gradient found once it is used or saved.
  @Test func whatAGradientFoundIsTold() throws {
    let log = EventLog()
    let fixture = try RunFixture()
    let run = configuration(fixture, delay: 3) {
      $0.train.maxSteps = 9
      $0.train.evaluateEvery = 3
    }
    _ = try TrainingRun.train(run, observer: log)
    let told = log.events.compactMap { event -> Bool? in
      if case .progress(let progress) = event { progress.upperLoss != nil } else { nil }
    }
    // With 3, 6 and 9 steps done: the gradient of step 0 is kept by the evaluation's save, after
    // the event; that of step 7 is not told before the end.
    #expect(told == [false, true, false])
  }
}

extension StepScene {
  /// Copies all parameters of another scene.
  fileprivate func take(_ other: StepScene) {
    let (store, source) = (parts.store, other.parts.store)
    store.rows.memory.copy(from: source.rows.memory)
    store.dense.weights.copy(from: source.dense.weights)
    store.dense.state.copy(from: source.dense.state)
    store.statistics.copy(from: source.statistics)
    store.resume(at: source.version)
    if let controller = parts.controller, let given = other.parts.controller {
      controller.take(given)
    }
  }
}

extension ControllerParameters {
  fileprivate func take(_ other: ControllerParameters) {
    dense.weights.copy(from: other.dense.weights)
    dense.state.copy(from: other.dense.state)
    statistics.copy(from: other.statistics)
    resume(at: other.updates)
  }
}
