import Foundation
import Search
import Synchronization
import Testing

@testable import Training

@Suite struct TrainerTests {
  /// An observer that asks the run to stop after an evaluation.
  private struct Stopper: RunObserver {
    let stop: StopSignal
    let step: Int

    func observe(_ event: RunEvent) {
      if case .evaluated(let evaluation) = event, evaluation.step == step { stop.request() }
    }
  }

  /// Computes in this process until a step that fails.
  private final class Failing: StepExecutor {
    let compute: LocalCompute
    let step: Int
    let error: any Error
    var workers: Int { 0 }

    init(_ compute: LocalCompute, at step: Int, _ error: any Error) {
      (self.compute, self.step, self.error) = (compute, step, error)
    }

    func train(step: Int, upcoming: LocalCompute.Reads) throws -> StrategySums {
      if step == self.step { throw error }
      return try compute.train(step: step, upcoming: upcoming)
    }
  }

  private func trainer(
    _ scene: StepScene, executor: (any StepExecutor)? = nil,
    stop: StopSignal = StopSignal(listening: false), observer: any RunObserver = EventLog()
  ) throws -> Trainer {
    _ = try scene.setup.checkpoints.folder.claim()
    _ = try scene.setup.open(resume: .never, observer: observer)
    return Trainer(
      compute: scene.compute, executor: executor ?? scene.compute, dataset: scene.setup.dataset,
      checkpoints: scene.setup.checkpoints, stop: stop, observer: observer)
  }

  /// The events that tests of order look at, in short.
  private func words(_ events: [RunEvent]) -> [String] {
    events.compactMap { event in
      switch event {
      case .started(let start): "started \(start.firstStep)"
      case .evaluated(let evaluation): "evaluated \(evaluation.step)"
      case .checkpointed(let checkpoint): "saved \(checkpoint.step)"
      case .epochFinished(let report): "epoch \(report.epoch)"
      case .finished(let summary): "finished \(summary.step)"
      case .progress, .point, .notice: nil
      }
    }
  }

  @Test func eventsComeInOrder() throws {
    let log = EventLog()
    // 960 rows in batches of 64: fifteen steps an epoch.
    let scene = try StepScene(RunFixture()) {
      $0.loss = "fixed:ce"
      $0.train.epochs = 2
      $0.train.evaluateEvery = 12
      $0.checkpoint.everySteps = 10
    }
    let summary = try trainer(scene, observer: log).run(from: nil)
    // A save is told when it is on the disk, some steps later: in order, and before the end.
    let told = words(log.events)
    #expect(
      told.filter { !$0.hasPrefix("saved") } == [
        "started 0", "evaluated 12", "epoch 0", "evaluated 24", "epoch 1", "evaluated 30",
        "finished 30",
      ])
    #expect(
      told.filter { $0.hasPrefix("saved") } == [
        "saved 10", "saved 12", "saved 20", "saved 24", "saved 30",
      ])
    #expect(told.suffix(2) == ["saved 30", "finished 30"])
    // The course of so short a run has a point for each step, whatever the clock says.
    let points = log.events.compactMap { if case .point(let point) = $0 { point } else { nil } }
    #expect(points.map(\.step) == Array(1...30))
    #expect(summary.epochs == 2)
    #expect(summary.examples == 2 * 960)
    #expect(!summary.interrupted && !summary.stoppedEarly)
  }

  @Test func theBestModelIsTheResultOfARunThatStopsEarly() throws {
    let scene = try StepScene(RunFixture()) {
      $0.loss = "fixed:ce"
      $0.train.epochs = 20
      $0.train.patience = 2
      $0.train.learningRate = 0.05
    }
    let summary = try trainer(scene).run(from: nil)
    #expect(summary.stoppedEarly)
    let best = try #require(summary.best)
    // Evaluations come every seven steps and at the end; two worse ones end the run.
    #expect(summary.step == best.step + 14)
    let folder = scene.setup.checkpoints.folder
    #expect(folder.step(of: .final) == best.step)
    #expect(folder.step(of: .latest) == summary.step)
    #expect(try TrainedModel(runFolder: folder.url.path).checksum() == summary.checksum)
  }

  @Test(arguments: [
    ("fixed:ce", []), ("autoloss", []), ("fixed:ce", ["5:0.1", "7:0.5", "9:0.1"]),
    ("autoloss", ["6:0.5", "8:0.5", "1ep:0.1"]),
  ])
  func aRunThatIsAskedToStopGoesOnToTheSameBits(loss: String, drops: [String]) throws {
    let fixture = try RunFixture()
    func change(_ configuration: inout RunConfiguration) {
      configuration.loss = loss
      configuration.train.learningRateDrops = drops
    }
    let straight = try trainer(StepScene(fixture, change)).run(from: nil)
    let stop = StopSignal(listening: false)
    let scene = try StepScene(fixture, change)
    let stopped = try trainer(scene, stop: stop, observer: Stopper(stop: stop, step: 7))
      .run(from: nil)
    #expect(stopped.interrupted)
    #expect(stopped.step == 7)
    let folder = scene.setup.checkpoints.folder
    #expect(folder.step(of: .latest) == 7)
    #expect(folder.step(of: .final) == nil)
    let resumed = try TrainingRun.train(
      scene.parts.configuration, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum)
  }

  @Test(arguments: [
    // Without workers nothing of the step is applied: the state is worth keeping.
    (Failure("no worker", remedy: "start one", exitCode: .unavailable), 5 as Int?),
    (Failure("a gradient", remedy: "lower the rate", exitCode: .internalFault), nil),
  ])
  func whatIsTrainedIsKeptWhenWorkersAreMissing(failure: Failure, saved: Int?) throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "fixed:ce" }
    let executor = Failing(scene.compute, at: 5, failure)
    let trainer = try trainer(scene, executor: executor)
    #expect(throws: failure) { try trainer.run(from: nil) }
    #expect(scene.setup.checkpoints.folder.step(of: .latest) == saved)
  }

  /// A stop while step 7 waits for its slices, after the controller's update that comes before it.
  /// What stood before the update is saved already where the run has just been evaluated.
  @Test(arguments: ["al2", "autoloss"], [7, 5])
  func aStopBehindTheControllersUpdateChangesNoBit(loss: String, evaluateEvery: Int) throws {
    let fixture = try RunFixture()
    func scene() throws -> StepScene {
      try StepScene(fixture) {
        $0.loss = loss
        $0.train.evaluateEvery = evaluateEvery
      }
    }
    let straight = try trainer(scene()).run(from: nil)
    let stopped = try scene()
    let summary = try trainer(
      stopped, executor: Failing(stopped.compute, at: 7, StopRequested())
    ).run(from: nil)
    #expect(summary.interrupted && summary.step == 7)
    #expect(stopped.parts.controller?.updates == 2)
    let folder = stopped.setup.checkpoints.folder
    #expect(folder.step(of: .latest) == 7)
    #expect(folder.step(of: .final) == nil)
    let resumed = try TrainingRun.train(
      stopped.parts.configuration, resume: .auto, observer: EventLog())
    #expect(resumed.step == straight.step)
    #expect(resumed.checksum == straight.checksum)
  }

  /// A stop while a step waits for its slices: the one beside which the controller's gradient is
  /// computed, one in its window, and the one before which the controller moves.
  @Test(arguments: [7, 9, 10], [7, 5, 3])
  func aStopInTheControllersWindowChangesNoBit(step: Int, evaluateEvery: Int) throws {
    let fixture = try RunFixture()
    func scene() throws -> StepScene {
      try StepScene(fixture) {
        $0.search.controllerDelay = 3
        $0.train.evaluateEvery = evaluateEvery
      }
    }
    let straight = try trainer(scene()).run(from: nil)
    let stopped = try scene()
    let summary = try trainer(
      stopped, executor: Failing(stopped.compute, at: step, StopRequested())
    ).run(from: nil)
    #expect(summary.interrupted && summary.step == step)
    let resumed = try TrainingRun.train(
      stopped.parts.configuration, resume: .auto, observer: EventLog())
    #expect(resumed.step == straight.step)
    #expect(resumed.checksum == straight.checksum)
  }

  /// A run that ended by a limit was evaluated there, and found best, where a run of full length
  /// has no evaluation: the run that goes on must not end with that model.
  @Test func theBestOfAShorterRunIsForgottenWhenItGoesOn() throws {
    let fixture = try RunFixture()
    func run(
      every: Int, folder: String, steps: Int = 0, resume: ResumeMode = .never,
      log: EventLog = EventLog()
    ) throws -> RunSummary {
      let configuration = fixture.configuration {
        $0.loss = "fixed:ce"
        $0.out = fixture.folder.path(folder)
        $0.train.learningRate = 0.05
        $0.train.epochs = 4
        $0.train.maxSteps = steps
        $0.train.evaluateEvery = every
        $0.checkpoint.keep = 2
      }
      return try TrainingRun.train(configuration, resume: resume, observer: log)
    }
    let log = EventLog()
    _ = try run(every: 1, folder: "all", log: log)
    let areas = log.events.compactMap { event -> (step: Int, auc: Double)? in
      if case .evaluated(let found) = event { (found.step, found.auc) } else { nil }
    }
    let peak = try #require(areas.max { $0.auc < $1.auc })
    // Evaluations of the whole run come before and behind the peak, never at it.
    let every = peak.step + 1
    let straight = try run(every: every, folder: "straight")
    #expect(straight.best?.step != peak.step)
    let short = try run(every: every, folder: "stopped", steps: peak.step)
    #expect(short.best?.step == peak.step)
    let resumed = try run(every: every, folder: "stopped", resume: .auto)
    #expect(resumed.checksum == straight.checksum)
    #expect(resumed.best?.step == straight.best?.step)
    let folder = RunFolder(fixture.folder.url.appendingPathComponent("stopped"))
    #expect(folder.step(of: .final) == straight.best?.step)
    #expect(folder.step(of: .best) == straight.best?.step)
  }
}
