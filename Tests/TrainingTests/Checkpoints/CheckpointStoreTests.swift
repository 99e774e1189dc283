import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct CheckpointStoreTests {
  /// A run with checkpoints after 4 and 6 steps, and the checksums of both states.
  private struct Saved {
    let scene: StepScene
    let checksums: [Int: String]
    var folder: RunFolder { scene.setup.checkpoints.folder }

    init(_ fixture: RunFixture) throws {
      scene = try StepScene(fixture) { $0.loss = "autoloss" }
      try scene.setup.checkpoints.folder.create()
      var checksums: [Int: String] = [:]
      for (begin, end) in [(0, 4), (4, 6)] {
        try scene.train(begin..<end)
        checksums[end] = scene.parts.checksum()
        _ = try scene.save(end)
      }
      self.checksums = checksums
    }

    /// The same run opened by another process.
    func reopened(
      _ change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> RunSetup {
      var configuration = scene.parts.configuration
      change(&configuration)
      return try RunSetup(configuration)
    }
  }

  @Test(arguments: [4, 6])
  func aStateComesBackWhole(step: Int) throws {
    let saved = try Saved(RunFixture())
    let setup = try saved.reopened()
    #expect(try setup.checkpoints.load(step: step) == saved.scene.position(step))
    #expect(setup.parts.checksum() == saved.checksums[step])
    #expect(setup.parts.store.version == step)
  }

  @Test func theNewestIsTaken() throws {
    let saved = try Saved(RunFixture())
    let setup = try saved.reopened()
    var notices: [String] = []
    #expect(try setup.checkpoints.loadNewest { notices.append($0) }?.step == 6)
    #expect(setup.parts.checksum() == saved.checksums[6])
    #expect(notices.isEmpty)
  }

  /// What can happen to a checkpoint, and a word of the notice.
  struct Damage: Sendable {
    let name: String
    let word: String
    let apply: @Sendable (URL) throws -> Void

    init(_ name: String, _ word: String, _ apply: @escaping @Sendable (URL) throws -> Void) {
      (self.name, self.word, self.apply) = (name, word, apply)
    }

    static let ofFiles = CheckpointTensors.fileNames.flatMap { name in
      [
        Damage("\(name) torn", "bytes instead of") { try edit($0, name) { $0.removeLast(100) } },
        Damage("\(name) altered", "hash") { try edit($0, name) { $0[$0.count - 9] ^= 1 } },
        Damage("\(name) missing", "0 bytes instead of") {
          try FileManager.default.removeItem(at: $0.appendingPathComponent(name))
        },
      ]
    }

    static let ofManifest = [
      Damage("no manifest", "MANIFEST.json") {
        try FileManager.default.removeItem(at: $0.appendingPathComponent("MANIFEST.json"))
      },
      Damage("empty manifest", "cannot be read") {
        try edit($0, "MANIFEST.json") { $0.removeAll() }
      },
      Damage("other format", "format") { try rewrite($0, "\"format\" : 1", "\"format\" : 2") },
      Damage("a file outside", "outside") {
        try rewrite($0, "\"name\" : \"model", "\"name\" : \"../model")
      },
    ]
  }

  @Test func aDamagedStateIsPassedOverLoudly() throws {
    let saved = try Saved(RunFixture())
    let newest = saved.folder.checkpoint(step: 9)
    for damage in Damage.ofFiles + Damage.ofManifest {
      try FileManager.default.copyItem(at: saved.folder.checkpoint(step: 6), to: newest)
      try damage.apply(newest)
      let setup = try saved.reopened()
      var notices: [String] = []
      let position = try setup.checkpoints.loadNewest { notices.append($0) }
      #expect(position?.step == 6, "\(damage.name)")
      #expect(setup.parts.checksum() == saved.checksums[6], "\(damage.name)")
      #expect(notices.count == 1, "\(damage.name)")
      let notice = notices.first ?? ""
      #expect(notice.contains(newest.path) && notice.contains(damage.word), "\(notice)")
      try FileManager.default.removeItem(at: newest)
    }
  }

  @Test func aRunWithoutAWholeStateIsRefused() throws {
    let saved = try Saved(RunFixture())
    try edit(saved.folder.checkpoint(step: 4), "model.safetensors") { $0[99] ^= 4 }
    try edit(saved.folder.checkpoint(step: 6), "model.safetensors") { $0.removeLast() }
    var notices: [String] = []
    let setup = try saved.reopened()
    let before = setup.parts.checksum()
    let error = #expect(throws: Failure.self) {
      try setup.checkpoints.loadNewest { notices.append($0) }
    }
    #expect(error?.exitCode == .badData)
    #expect(error?.place == saved.folder.checkpoints.path)
    #expect(error?.what.contains("step-000000006") == true)
    #expect(error?.what.contains("bytes instead of") == true, "\(error?.what ?? "")")
    #expect(notices.count == 1)
    #expect(setup.parts.checksum() == before)
  }

  @Test func aFolderWithoutAnyStateHasNone() throws {
    let scene = try StepScene(RunFixture())
    try scene.setup.checkpoints.folder.create()
    #expect(try scene.setup.checkpoints.loadNewest { _ in } == nil)
  }

  @Test func aRunOfAnotherConfigurationOrOtherDataIsRefused() throws {
    let fixture = try RunFixture()
    let other = try RunFixture(seed: 2)
    let saved = try Saved(fixture)
    let cases: [((inout RunConfiguration) -> Void, String)] = [
      ({ $0.train.learningRate = 0.5 }, "learningRate"),
      ({ $0.train.seed = 2 }, "seed"),
      ({ $0.loss = "al2" }, "al2"),
      ({ $0.train.evaluateEvery = 9 }, "`train.evaluateEvery: 7`, now `train.evaluateEvery: 9`"),
      ({ $0.train.patience = 3 }, "`train.patience: 0`, now `train.patience: 3`"),
      ({ $0.data.path = other.data }, "data"),
    ]
    for (change, word) in cases {
      let setup = try saved.reopened(change)
      let before = setup.parts.checksum()
      let error = #expect(throws: Failure.self) { try setup.checkpoints.loadNewest { _ in } }
      #expect(error?.exitCode == .configuration)
      #expect(error?.what.contains(word) == true, "\(error?.what ?? "")")
      #expect(error?.what.contains("\n") == false)
      #expect(setup.parts.checksum() == before, "nothing of it is used")
    }
  }

  @Test func whatACrashLeavesBehindIsIgnored() throws {
    let saved = try Saved(RunFixture())
    let manager = FileManager.default
    // A save that was cut off after its last file, and one that had just begun.
    let temporary = saved.folder.checkpoints.appendingPathComponent("step-000000007.tmp")
    try manager.copyItem(at: saved.folder.checkpoint(step: 6), to: temporary)
    try edit(temporary, "model.safetensors") { $0.removeLast(1000) }
    let setup = try saved.reopened()
    #expect(try setup.checkpoints.loadNewest { _ in }?.step == 6)
    // The next save of that step begins anew.
    try Data("left over".utf8).write(to: temporary.appendingPathComponent("more"))
    try saved.scene.train(6..<7)
    _ = try saved.scene.save(7)
    #expect(!manager.fileExists(atPath: temporary.path))
    let again = try saved.reopened()
    #expect(try again.checkpoints.loadNewest { _ in }?.step == 7)
    let names = try manager.contentsOfDirectory(atPath: saved.folder.checkpoint(step: 7).path)
    #expect(Set(names) == Set(CheckpointTensors.fileNames + ["MANIFEST.json"]))
  }

  @Test func savingAgainLeavesTheSameState() throws {
    let saved = try Saved(RunFixture())
    let bytes = try saved.scene.save(6)
    let manifest = try saved.scene.setup.checkpoints.verifiedManifest(step: 6)
    #expect(bytes == manifest.files.reduce(0) { $0 + $1.bytes })
    #expect(manifest.files.map(\.name) == CheckpointTensors.fileNames.sorted())
    #expect(saved.folder.checkpointSteps() == [4, 6])
  }

  @Test(arguments: [
    (1, [4, 6, 12]), (2, [4, 6, 10, 12]), (0, [4, 6, 12]), (9, [4, 6, 8, 10, 12]),
  ])
  func pruningKeepsTheNewestAndTheNamed(keep: Int, left: [Int]) throws {
    let saved = try Saved(RunFixture(rows: 600))
    for step in [8, 10, 12] {
      try FileManager.default.copyItem(
        at: saved.folder.checkpoint(step: 6), to: saved.folder.checkpoint(step: step))
    }
    try saved.folder.set(.best, toStep: 4)
    // `latest` still names step 6.
    try saved.scene.setup.checkpoints.prune(keeping: keep)
    #expect(saved.folder.checkpointSteps() == left)
  }

  @Test func anAreaUnderTheCurveThatDoesNotExistIsKept() throws {
    let saved = try Saved(RunFixture())
    var early = EarlyStopping()
    _ = early.record(EarlyStoppingTests.evaluation(step: 6, auc: .nan))
    _ = try saved.scene.save(6, early: early)
    let setup = try saved.reopened()
    let position = try setup.checkpoints.load(step: 6)
    #expect(position.earlyStopping.best?.auc.isNaN == true)
    #expect(position.earlyStopping.best?.step == 6)
  }
}

/// Changes the bytes of a checkpoint's file.
private func edit(
  _ folder: URL, _ name: String, _ change: (inout [UInt8]) -> Void
) throws {
  let url = folder.appendingPathComponent(name)
  var bytes = [UInt8](try Data(contentsOf: url))
  change(&bytes)
  try Data(bytes).write(to: url)
}

/// Replaces a text in a checkpoint's manifest.
private func rewrite(_ folder: URL, _ old: String, _ new: String) throws {
  let url = folder.appendingPathComponent("MANIFEST.json")
  let text = try String(contentsOf: url, encoding: .utf8)
  #expect(text.contains(old))
  try Data(text.replacing(old, with: new).utf8).write(to: url)
}
