import Foundation
import Testing

@testable import Training

@Suite struct CheckpointWriterTests {
  /// A way to train, as a change of the configuration.
  struct Way: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout RunConfiguration) -> Void
  }

  private static let ways = [
    Way(testDescription: "adam with decay") { $0.train.weightDecay = 1e-4 },
    Way(testDescription: "adam with decoupled decay, one loss") {
      ($0.train.decay, $0.train.weightDecay, $0.loss) = (.decoupled, 1e-3, "fixed:ce")
    },
    Way(testDescription: "lazyAdam") { $0.train.optimizer = .lazyAdam },
    Way(testDescription: "sgd") { $0.train.optimizer = .sgd },
  ]

  private func scene(_ fixture: RunFixture, _ way: Way, threads: Int = 1) throws -> StepScene {
    let scene = try StepScene(fixture, threads: threads) {
      $0.loss = "autoloss"
      way.change(&$0)
      $0.out = fixture.folder.path("run-\(UUID().uuidString)")
    }
    try scene.setup.checkpoints.folder.create()
    return scene
  }

  /// The files of the checkpoint after six steps, by name.
  private func files(_ scene: StepScene) throws -> [String: Data] {
    let folder = scene.setup.checkpoints.folder.checkpoint(step: 6)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: folder.appendingPathComponent($0)))
      })
  }

  private func job(_ scene: StepScene, _ step: Int) -> CheckpointWriter.Job {
    CheckpointWriter.Job(
      position: scene.position(step), pointers: [.latest], keep: 2, stepsToKeep: [])
  }

  private func soon(_ seconds: Double = 60) -> Date { Date(timeIntervalSinceNow: seconds) }

  /// Written while steps go on, and after a captured step has been overtaken by ten others: byte
  /// for byte what a save writes for which training stands still.
  @Test(arguments: ways, [1, 2, 3])
  func aSaveBesideTrainingWritesTheSameBytes(way: Way, threads: Int) throws {
    let fixture = try RunFixture()
    let standing = try scene(fixture, way)
    try standing.train(0..<6)
    _ = try standing.save(6)
    let expected = try files(standing)
    try standing.train(6..<26)
    let checksum = standing.parts.checksum()

    let overtaken = try scene(fixture, way, threads: threads)
    try overtaken.train(0..<6)
    let capture = RunCapture(overtaken.parts)
    capture.begin()
    try overtaken.train(6..<16)
    _ = try overtaken.setup.checkpoints.write(capture, overtaken.position(6), as: [.latest])
    #expect(capture.keptBytes > 0)
    #expect(try files(overtaken) == expected)
    try overtaken.train(16..<26)
    #expect(overtaken.parts.checksum() == checksum)

    let beside = try scene(fixture, way, threads: threads)
    let writer = CheckpointWriter(beside.setup.checkpoints)
    try beside.train(0..<6)
    writer.begin(job(beside, 6))
    #expect(writer.step == 6)
    try beside.train(6..<26)
    #expect(writer.wait(until: soon()) && writer.isDone)
    _ = try writer.takeOutcome()
    #expect(writer.step == nil && !writer.isDone)
    #expect(try files(beside) == expected)
    #expect(beside.parts.checksum() == checksum)
    #expect(beside.setup.checkpoints.folder.step(of: .latest) == 6)
  }

  /// A failure leaves the checkpoint before it, its pointer, and nothing half finished; the next
  /// save is not the worse for it.
  @Test func aFailureLeavesTheCheckpointBeforeIt() throws {
    let scene = try scene(RunFixture(), Self.ways[0])
    let folder = scene.setup.checkpoints.folder
    let writer = CheckpointWriter(scene.setup.checkpoints)
    func save(_ step: Int) throws -> CheckpointWriter.Written {
      writer.begin(job(scene, step))
      try scene.train(step..<step + 3)
      #expect(writer.wait(until: soon()))
      return try writer.takeOutcome()
    }
    try scene.train(0..<6)
    _ = try save(6)
    // A file where the folder of checkpoints has to be.
    let moved = folder.checkpoints.appendingPathExtension("moved")
    try FileManager.default.moveItem(at: folder.checkpoints, to: moved)
    try Data("no folder".utf8).write(to: folder.checkpoints)
    #expect(throws: (any Error).self) { try save(9) }
    try FileManager.default.removeItem(at: folder.checkpoints)
    try FileManager.default.moveItem(at: moved, to: folder.checkpoints)
    #expect(folder.checkpointSteps() == [6])
    #expect(folder.step(of: .latest) == 6)
    #expect(try scene.setup.checkpoints.verifiedManifest(step: 6).step == 6)
    let written = try save(12)
    #expect(written.bytes > 0)
    #expect(folder.step(of: .latest) == 12)
    #expect(try scene.setup.checkpoints.verifiedManifest(step: 12).step == 12)
  }
}
