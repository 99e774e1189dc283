import Foundation
import Testing

/// Looking at runs, ending them, and finding out where a failure began, as people do it.
@Suite(.serialized) struct OperatingTests {
  private static let options = [
    "--data", "data", "--batch-size", "100", "--loss", "fixed:ce", "--epochs", "60",
    "--set", "train.patience=0", "--set", "model.hidden=[16,8]", "--json",
  ]

  private static func coordinator(
    in folder: URL, workers: Int, _ more: [String] = []
  ) throws -> (process: LivingProcess, address: String) {
    let process = try LivingProcess(
      ["coordinator", "--out", "led", "--listen", "tcp://127.0.0.1:0"] + options + more
        + ["--set", "cluster.expectWorkers=\(workers)"], in: folder)
    let line = try process.line(with: "listening on ")
    let words = line.split(whereSeparator: { " \"".contains($0) })
    return (process, String(try #require(words.first { $0.hasPrefix("tcp://") })))
  }

  private static func worker(
    at address: String, in folder: URL, rank: Int = 0, _ more: [String] = ["--data", "data"]
  ) throws -> LivingProcess {
    try LivingProcess(
      ["worker", "--coordinator", address, "--threads", "1", "--json"] + more, in: folder,
      environment: ["AUTOLOSS_RANK": "\(rank)"])
  }

  private static func ask(
    _ command: [String], at address: String, in folder: URL
  ) throws -> CommandLineTool.Result {
    try CommandLineTool.run(command + ["--coordinator", address], in: folder)
  }

  private static func checksum(_ output: String) throws -> String {
    try #require(try RawRows.object(output)["checksum"] as? String)
  }

  /// Status, a worker that is drained, the run that is drained and goes on: the same model.
  @Test(arguments: [false, true])
  func aDrainedRunGoesOnToTheSameModel(encrypted: Bool) throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let keys = encrypted ? ["--keys", "keys"] : []
      let alone = try CommandLineTool.run(["train", "--out", "alone"] + Self.options, in: folder)
      let (led, address) = try Self.coordinator(in: folder, workers: 2, keys)
      let early = try Self.ask(["status", "--timeout", "20"] + keys, at: address, in: folder)
      #expect(early.exitCode == 0, "\(early.errors)")
      #expect(early.output.contains("waits for 2 of 2 workers"), "\(early.output)")
      #expect(early.output.contains("no checkpoint yet\n\nno workers"))
      let workers = try (0..<2).map {
        try Self.worker(at: address, in: folder, rank: $0, ["--data", "data"] + keys)
      }
      _ = try led.line(with: "checkpoint saved")
      try Self.checkStatus(at: address, in: folder, keys)
      let nobody = try Self.ask(["drain", "--worker", "nobody"] + keys, at: address, in: folder)
      #expect(nobody.exitCode == 64)
      #expect(nobody.errors.contains("no worker of the run is called nobody; there are "))
      let one = try Self.ask(["drain", "--worker", "1"] + keys, at: address, in: folder)
      #expect(one.exitCode == 0, "\(one.errors)")
      #expect(one.output.contains("finishes what it holds and leaves; 1 goes on"))
      #expect(workers[1].end() == 0, "\(workers[1].errors)")
      #expect(workers[1].errors.contains("finished: the worker was asked to leave"))
      let all = try Self.ask(["drain"] + keys, at: address, in: folder)
      #expect(all.exitCode == 0 && all.output.contains("--resume auto"), "\(all.errors)")
      #expect(led.end() == 75, "\(led.errors)")
      #expect(workers[0].end() == 75, "\(workers[0].errors)")
      let over = try Self.ask(["status", "--timeout", "0.2"] + keys, at: address, in: folder)
      #expect(over.exitCode == 69 && over.output.isEmpty)
      #expect(over.errors.contains("error: no coordinator answered within 0.2 s"))
      let (again, place) = try Self.coordinator(
        in: folder, workers: 1, ["--resume", "auto"] + keys)
      let last = try Self.worker(at: place, in: folder, ["--data", "data"] + keys)
      #expect(again.end() == 0, "\(again.errors)")
      #expect(last.end() == 0, "\(last.errors)")
      #expect(try Self.checksum(again.output) == (try Self.checksum(alone.output)))
    }
  }

  private static func checkStatus(at address: String, in folder: URL, _ keys: [String]) throws {
    let asked = try ask(["status", "--json"] + keys, at: address, in: folder)
    #expect(asked.exitCode == 0, "\(asked.errors)")
    let status = try RawRows.object(asked.output)
    #expect(status["generation"] as? Int == 1)
    #expect(status["totalSteps"] as? Int == 300)
    #expect((status["step"] as? Int ?? 0) >= 5)
    #expect((status["examplesPerSecond"] as? Double ?? 0) > 0)
    let saved = try #require(status["checkpoint"] as? [String: Any])
    #expect((saved["step"] as? Int ?? 0) >= 5)
    let workers = try #require(status["workers"] as? [[String: Any]])
    #expect(Set(workers.compactMap { $0["rank"] as? String }) == ["0", "1"])
    for worker in workers {
      #expect(worker["capacity"] as? Int == 1)
      #expect((worker["host"] as? String)?.isEmpty == false)
      #expect((worker["slices"] as? Int ?? 0) > 0)
    }
  }

  /// Who asks without a key is told so, and soon.
  @Test func aStrangerLearnsNothing() throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      for name in ["keys", "others"] {
        _ = try CommandLineTool.run(["keys", "generate", "--out", name], in: folder)
      }
      let (led, address) = try Self.coordinator(in: folder, workers: 1, ["--keys", "keys"])
      let stranger = try Self.ask(["status", "--keys", "others"], at: address, in: folder)
      #expect(stranger.exitCode == 77 && stranger.output.isEmpty, "\(stranger.errors)")
      let plain = try Self.ask(["drain", "--timeout", "4"], at: address, in: folder)
      #expect(plain.exitCode == 77, "\(plain.errors)")
      led.send(SIGTERM)
      #expect(led.end() == 75, "\(led.errors)")
    }
  }

  /// All copies of the data are torn: the run ends by the first worker that cannot read.
  @Test func aPoisonedSliceIsTracedToTheFirstWorker() throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let shard = folder.appending(path: "torn/train-00000.shard")
      try FileManager.default.copyItem(
        at: folder.appending(path: "data"), to: folder.appending(path: "torn"))
      var bytes = try Data(contentsOf: shard)
      bytes[bytes.count / 2] ^= 0x55
      try bytes.write(to: shard)
      let (led, address) = try Self.coordinator(
        in: folder, workers: 2, ["--log-format", "json"])
      let people = try Self.worker(at: address, in: folder, rank: 7, ["--data", "torn"])
      let machines = try Self.worker(
        at: address, in: folder, rank: 7, ["--data", "torn", "--log-format", "json"])
      #expect(led.end() == 70, "\(led.errors)")
      #expect(people.end() == 69, "\(people.errors)")
      #expect(machines.end() == 69, "\(machines.errors)")
      let data = try Data(contentsOf: folder.appending(path: "led/failure.json"))
      let record = try RawRows.object(String(decoding: data, as: UTF8.self))
      let first = try #require(record["first"] as? [String: Any])
      let name = try #require(first["name"] as? String)
      let sentence = try #require(first["sentence"] as? String)
      #expect(first["role"] as? String == "worker" && first["rank"] as? String == "7")
      #expect(first["step"] as? Int == 0 && first["slice"] is Int)
      #expect(sentence.contains("train-00000.shard, group 0: the checksum is wrong"))
      #expect(people.errors.contains("│ worker \(name), rank 7, on "), "\(people.errors)")
      for process in [led, machines] {
        let entry = try Self.entries(process.errors).compactMap { $0["firstFailure"] }.first
        let told = try #require(entry as? [String: Any], "\(process.errors)")
        #expect(told["rank"] as? String == name && told["sentence"] as? String == sentence)
      }
    }
  }

  /// The lines of a log for machines; each says whose it is.
  private static func entries(_ log: String) throws -> [[String: Any]] {
    try log.split(separator: "\n").map { line in
      let entry = try RawRows.object(String(line))
      #expect(entry["role"] is String && entry["rank"] is String, "\(line)")
      return entry
    }
  }

  @Test func aRunWithoutWorkersNamesTheOneThatWasLost() throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let (led, address) = try Self.coordinator(
        in: folder, workers: 1, ["--set", "cluster.quorumSeconds=1"])
      let worker = try Self.worker(at: address, in: folder, rank: 5)
      _ = try led.line(with: "checkpoint saved")
      worker.send(SIGKILL)
      #expect(led.end() == 69, "\(led.errors)")
      #expect(led.errors.contains("┌ first failure"), "\(led.errors)")
      #expect(led.errors.contains(", rank 5, on "), "\(led.errors)")
      #expect(led.errors.contains("│ the worker was lost") || led.errors.contains("said nothing"))
      _ = worker.end()
      // The next start has not failed.
      let again = try Self.coordinator(in: folder, workers: 1, ["--resume", "auto"])
      let other = try Self.worker(at: again.address, in: folder)
      #expect(again.process.end() == 0, "\(again.process.errors)")
      #expect(other.end() == 0, "\(other.errors)")
      let left = folder.appending(path: "led/failure.json")
      #expect(!FileManager.default.fileExists(atPath: left.path))
    }
  }

  @Test func aWorkerThatIsAskedToStopGivesItsSlicesBack() throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let (led, address) = try Self.coordinator(in: folder, workers: 2)
      let workers = try (0..<2).map { _ in try Self.worker(at: address, in: folder) }
      _ = try led.line(with: "checkpoint saved")
      workers[0].send(SIGTERM)
      #expect(workers[0].end() == 0, "\(workers[0].errors)")
      _ = try led.line(with: "left: it was asked to stop")
      #expect(led.end() == 0, "\(led.errors)")
      #expect(workers[1].end() == 0, "\(workers[1].errors)")
    }
  }
}
