import Foundation
import Testing

/// Saves of a run whose parameters servers own: they capture what they hold, and it is fetched
/// while steps go on.
@Suite(.serialized) struct ServerCaptureTests {
  private static let files = ["model", "optimizer", "controller"].map { "\($0).safetensors" }

  /// Names of the checkpoints in a run's folder.
  private func checkpoints(_ folder: URL, _ run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "\(run)/checkpoints").path
    ).filter { $0.hasPrefix("step-") }.sorted()
  }

  /// Byte for byte the files of one process: servers capture before the next step's rows are read.
  @Test(arguments: [1, 3])
  func aCheckpointHasTheBytesOfOneProcess(servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(
        folder, epochs: 6,
        [
          "--set", "train.evaluateEvery=1000", "--set", "checkpoint.everySteps=4", "--set",
          "checkpoint.keep=100",
        ])
      let alone = try CommandLineTool.run(
        ["train", "--out", "alone"] + cluster.options, in: folder)
      #expect(alone.exitCode == 0, "\(alone.errors)")
      let led = try cluster.coordinator(servers: servers)
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + [try cluster.worker(at: address)]
      #expect(led.end() == 0, "\(led.errors)")
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
      let names = try checkpoints(folder, "alone")
      #expect(names.count == 8)
      #expect(try checkpoints(folder, "led") == names)
      for name in names {
        for file in Self.files {
          let expected = try Data(
            contentsOf: folder.appending(path: "alone/checkpoints/\(name)/\(file)"))
          let found = try Data(
            contentsOf: folder.appending(path: "led/checkpoints/\(name)/\(file)"))
          let isEqual = found == expected
          #expect(isEqual, "\(name)/\(file)")
        }
      }
      let verified = try CommandLineTool.run(["verify", "led"], in: folder)
      #expect(verified.exitCode == 0, "\(verified.errors)")
    }
  }

  /// The steps at which the events of a kind in the log of `led` were told, in their order.
  private func events(_ folder: URL) throws -> [(name: String, step: Int)] {
    let text = try String(
      contentsOf: folder.appending(path: "led/metrics.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").compactMap { line -> (name: String, step: Int)? in
      let event = try RawRows.object(String(line))
      switch event["event"] as? String {
      case "checkpointed": return ("checkpointed", try #require(event["step"] as? Int))
      case "epochFinished":
        let epoch = try #require(event["epoch"] as? Int)
        return ("epochFinished", 5 * (epoch + 1))
      default: return nil
      }
    }
  }

  /// Over a slow link to the coordinator a save lasts longer than many steps.
  @Test func stepsAreMadeWhileASaveIsFetched() async throws {
    try await LinkedCluster.run(loss: "fixed:ce", servers: 2) { scene in
      let led = try scene.coordinator()
      let others = try (0..<2).map { try scene.server($0) } + [try scene.worker()]
      try led.seen("checkpoint saved")
      scene.data.faults.bytesPerSecond = 200_000
      try led.seen("checkpoint saved", number: 4)
      try scene.expectTheSame(led, others)
      let told = try events(scene.cluster.folder)
      let beside = told.indices.filter { index in
        told[index].name == "checkpointed"
          && told[..<index].contains {
            $0.name == "epochFinished" && $0.step > told[index].step
          }
      }
      #expect(!beside.isEmpty, "\(told)")
    }
  }

  /// Nothing of a save comes through; then the server that has it is killed.
  @Test func aServerThatDiesWhileASaveIsFetchedTakesTheSaveWithIt() async throws {
    try await LinkedCluster.run(loss: "fixed:ce", servers: 2) { scene in
      let led = try scene.coordinator()
      var others = try (0..<2).map { try scene.server($0) } + [try scene.worker()]
      try led.seen("checkpoint saved")
      scene.data.faults.frozen = [.up]
      let place = scene.cluster.folder.appending(path: "led/checkpoints")
      let deadline = ContinuousClock.now + .seconds(30)
      var unfinished: Set<String> = []
      var isStuck = false
      while !isStuck, ContinuousClock.now < deadline {
        let before = unfinished
        unfinished = Set(
          try FileManager.default.contentsOfDirectory(atPath: place.path)
            .filter { $0.hasSuffix(".tmp") })
        isStuck = !before.isDisjoint(with: unfinished)
        // A save that got everything before is over until then.
        Thread.sleep(forTimeInterval: 0.5)
      }
      #expect(isStuck, "no save was under way")
      others[0].send(SIGKILL)
      _ = others[0].end()
      others[0] = try scene.server(0)
      try scene.expectTheSame(led, others)
      #expect(led.errors.contains("could not be written; that of step "), "\(led.errors)")
      #expect(led.errors.contains("the run goes on from its last checkpoint"))
    }
  }
}
