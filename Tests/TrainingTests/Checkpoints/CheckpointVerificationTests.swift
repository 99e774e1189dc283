import Foundation
import Testing

@testable import Training

@Suite struct CheckpointVerificationTests {
  /// A run with checkpoints after 2 and 4 steps; `latest` names the second. Its folder lives as
  /// long as the scene.
  private func scene() throws -> StepScene {
    let scene = try StepScene(RunFixture(rows: 600)) { $0.loss = "autoloss" }
    let folder = scene.setup.checkpoints.folder
    try folder.create()
    for begin in [0, 2] {
      try scene.train(begin..<begin + 2)
      _ = try scene.save(begin + 2)
    }
    return scene
  }

  @Test func aRunIsWholeWhenAllItsCheckpointsAre() throws {
    let scene = try scene()
    defer { withExtendedLifetime(scene) {} }
    let folder = scene.setup.checkpoints.folder
    let found = try CheckpointVerification.verify(folder.url.path)
    #expect(found.map(\.step) == [2, 4])
    #expect(found.allSatisfy { $0.isWhole && $0.problem == nil && $0.files == 3 && $0.bytes > 0 })
    #expect(found.map(\.pointers) == [[], ["latest"]])
    let path = folder.checkpoint(step: 4).path
    #expect(try CheckpointVerification.verify(path) == [found[1]])
    #expect(try CheckpointVerification.verify(path + "/") == [found[1]])
  }

  /// What can be wrong, and a word of the sentence about it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: String
    let change: @Sendable (inout Data) -> Void
    let word: String
  }

  /// Changes what the manifest says.
  private static func edit(
    _ change: @escaping @Sendable (inout CheckpointManifest) -> Void
  ) -> @Sendable (inout Data) -> Void {
    { data in
      guard var manifest = try? JSONDecoder().decode(CheckpointManifest.self, from: data) else {
        return
      }
      change(&manifest)
      data = (try? JSONEncoder().encode(manifest)) ?? data
    }
  }

  private static let manifest = CheckpointStore.manifestName
  private static let damages = [
    Damage(
      testDescription: "torn", file: CheckpointTensors.modelFile, change: { $0.removeLast(9) },
      word: "bytes instead of"),
    Damage(
      testDescription: "altered", file: CheckpointTensors.optimizerFile,
      change: { $0[$0.count - 5] ^= 1 }, word: "hash"),
    Damage(
      testDescription: "no manifest", file: manifest, change: { $0 = Data() },
      word: "cannot be read"),
    Damage(
      testDescription: "another step", file: manifest, change: edit { $0.step = 5 },
      word: "that of step 5"),
    Damage(
      testDescription: "another shape", file: manifest,
      change: edit { $0.files[0].tensors?["updates"] = [2] },
      word: "controller.safetensors has the tensor updates [1], the manifest [2]"),
    Damage(
      testDescription: "another name", file: manifest,
      change: edit { $0.files[0].tensors?["more"] = [2] }, word: "lacks the tensor more"),
  ]

  @Test(arguments: damages)
  func damageIsNamed(damage: Damage) throws {
    let scene = try scene()
    defer { withExtendedLifetime(scene) {} }
    let folder = scene.setup.checkpoints.folder
    let url = folder.checkpoint(step: 4).appendingPathComponent(damage.file)
    var data = try Data(contentsOf: url)
    damage.change(&data)
    try data.write(to: url)
    let found = try CheckpointVerification.verify(folder.url.path)
    #expect(found.map(\.isWhole) == [true, false])
    #expect(found.last?.problem?.contains(damage.word) == true, "\(found.last?.problem ?? "")")
    #expect(found.last?.pointers == ["latest"])
  }

  @Test func aFolderWithoutCheckpointsIsMissingInput() throws {
    let scene = try scene()
    defer { withExtendedLifetime(scene) {} }
    let folder = scene.setup.checkpoints.folder
    try FileManager.default.removeItem(at: folder.checkpoints)
    for path in [folder.url.path, folder.checkpoint(step: 4).path, "/no/such/folder"] {
      let error = #expect(throws: Failure.self) { try CheckpointVerification.verify(path) }
      #expect(error?.exitCode == .missingInput)
      #expect(error?.place == path)
    }
  }
}
