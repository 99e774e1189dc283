import Foundation
import Search
import Testing

@testable import Training

@Suite struct RunSaverTests {
  private let log = EventLog()

  /// A run whose parameters have to be brought from elsewhere.
  private final class Elsewhere: StepExecutor {
    let compute: LocalCompute
    let fetch: () -> Void
    private(set) var told: [RunCheckpoint] = []
    var workers: Int { 1 }

    init(_ compute: LocalCompute, fetch: @escaping () -> Void) {
      (self.compute, self.fetch) = (compute, fetch)
    }

    func train(step: Int, upcoming: LocalCompute.Reads) throws -> StrategySums {
      try compute.train(step: step, upcoming: upcoming)
    }

    func synchronise() -> Bool {
      fetch()
      return true
    }

    func saved(_ checkpoint: RunCheckpoint) { told.append(checkpoint) }
  }

  private func scene(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> StepScene {
    let scene = try StepScene(RunFixture(rows: 600), change)
    try scene.setup.checkpoints.folder.create()
    return scene
  }

  private var saved: [RunCheckpoint] {
    log.events.compactMap { if case .checkpointed(let checkpoint) = $0 { checkpoint } else { nil } }
  }

  @Test func aSaveTellsWhatItTookAndWhatItCost() throws {
    let scene = try scene()
    let executor = Elsewhere(scene.compute) { Thread.sleep(forTimeInterval: 0.02) }
    let saver = RunSaver(scene.setup.checkpoints, executor: executor, observer: log)
    saver.goOn(from: nil)
    #expect(saver.step == nil)
    try scene.train(0..<3)
    try saver.save(scene.position(3), as: [.latest])
    #expect(saver.step == 3)
    try saver.settle()
    let told = try #require(saved.first)
    #expect(saved.count == 1 && executor.told == saved)
    #expect(told.step == 3 && told.bytes > 0)
    #expect(told.path == scene.setup.checkpoints.folder.checkpoint(step: 3).path)
    #expect(told.fetchSeconds >= 0.02 && told.stallSeconds >= told.fetchSeconds)
    #expect(told.waitSeconds == 0 && told.seconds > told.fetchSeconds)
    // Nothing is under way: nothing more is told.
    try saver.settle()
    try saver.collect()
    #expect(log.events.count == 1)
  }

  /// Saves never overlap: the second waits for the first, and says how long.
  @Test func aSecondSaveWaitsForTheFirst() throws {
    let scene = try scene()
    let saver = RunSaver(scene.setup.checkpoints, executor: scene.compute, observer: log)
    try scene.train(0..<2)
    try saver.save(scene.position(2), as: [.latest, .best])
    try scene.train(2..<3)
    try saver.save(scene.position(3), as: [.latest])
    #expect(saved.map(\.step) == [2], "the first is on the disk before the second begins")
    try saver.settle()
    #expect(saved.map(\.step) == [2, 3])
    let folder = scene.setup.checkpoints.folder
    #expect(folder.step(of: .latest) == 3 && folder.step(of: .best) == 2)
    #expect(saved.map { $0.waitSeconds > 0 } == [false, true])
    #expect(saved.map(\.fetchSeconds) == [0, 0])
  }

  /// A file where the folder of checkpoints has to be.
  @Test func aFailureIsToldAndThrown() throws {
    let scene = try scene()
    let folder = scene.setup.checkpoints.folder
    let saver = RunSaver(
      scene.setup.checkpoints, executor: scene.compute, observer: log)
    try FileManager.default.removeItem(at: folder.checkpoints)
    try Data("no folder".utf8).write(to: folder.checkpoints)
    try scene.train(0..<2)
    try saver.save(scene.position(2), as: [.latest])
    #expect(saver.step == 2)
    #expect(throws: (any Error).self) { try saver.settle() }
    #expect(
      log.notices == ["the checkpoint of step 2 could not be written; there is none before it"])
    #expect(saver.step == nil)
    #expect(saved.isEmpty)
    // The next one can be written.
    try FileManager.default.removeItem(at: folder.checkpoints)
    try saver.save(scene.position(2), as: [.latest])
    try saver.settle()
    #expect(saved.map(\.step) == [2])
  }

  @Test func savesAreDueByStepsOrByMinutes() throws {
    let never = try scene { $0.checkpoint.everyMinutes = 0 }
    let saver = RunSaver(
      never.setup.checkpoints, executor: never.compute, observer: log)
    #expect(!(1...100).contains { saver.isDue(after: $0) })
    let steps = try scene {
      $0.checkpoint.everyMinutes = 0
      $0.checkpoint.everySteps = 30
    }
    let other = RunSaver(
      steps.setup.checkpoints, executor: steps.compute, observer: log)
    #expect((1...100).filter { other.isDue(after: $0) } == [30, 60, 90])
    let always = try scene { $0.checkpoint.everyMinutes = 1e-9 }
    let third = RunSaver(
      always.setup.checkpoints, executor: always.compute, observer: log)
    Thread.sleep(forTimeInterval: 0.001)
    #expect(third.isDue(after: 1))
  }
}
