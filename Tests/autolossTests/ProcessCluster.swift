import Foundation
import Synchronization
import Testing

/// A run whose coordinator, servers and workers are processes on loopback, and the model that it
/// must give.
struct ProcessCluster {
  let folder: URL
  let options: [String]
  private let classes: Int

  private static let known = Mutex<[[String]: String]>([:])

  /// Prepared rows and a run of `epochs` times five steps on them.
  init(
    _ folder: URL, loss: String = "autoloss", epochs: Int = 2, classes: Int = 2,
    _ more: [String] = []
  ) throws {
    self.folder = folder
    self.classes = classes
    let prepared = try RawRows.prepare(in: folder, classes: classes)
    #expect(prepared.exitCode == 0, "\(prepared.errors)")
    options =
      [
        "--data", "data", "--batch-size", "100", "--loss", loss, "--epochs", "\(epochs)",
        "--set", "train.patience=0", "--set", "model.hidden=[16,8]", "--json",
      ] + more
  }

  /// The checksum of the same run in one process; the rows are the same in every folder.
  func checksumAlone(_ more: [String] = []) throws -> String {
    let options = options + more
    let key = ["\(classes)"] + options
    if let checksum = Self.known.withLock({ $0[key] }) { return checksum }
    let result = try CommandLineTool.run(["train", "--out", "alone"] + options, in: folder)
    #expect(result.exitCode == 0, "\(result.errors)")
    let found = try checksum(result.output)
    Self.known.withLock { $0[key] = found }
    return found
  }

  /// The checksum in the summary of a run.
  func checksum(_ output: String) throws -> String {
    try #require(try RawRows.object(output)["checksum"] as? String)
  }

  /// Starts a coordinator that writes into `led`.
  func coordinator(
    workers: Int = 1, servers: Int = 0, at address: String = "tcp://127.0.0.1:0",
    _ more: [String] = []
  ) throws -> LivingProcess {
    try LivingProcess(
      [
        "coordinator", "--out", "led", "--listen", address, "--servers", "\(servers)",
        "--set", "cluster.expectWorkers=\(workers)",
      ] + options + more, in: folder)
  }

  /// Where a coordinator says that it listens.
  func address(of coordinator: LivingProcess) throws -> String {
    let line = try coordinator.line(with: "listening on ")
    return try #require(line.split(separator: " ").last.map(String.init))
  }

  /// Starts a server with one thread.
  func server(at address: String, _ more: [String] = []) throws -> LivingProcess {
    try LivingProcess(
      ["server", "--coordinator", address, "--threads", "1", "--json"] + more, in: folder)
  }

  /// Starts a worker with one thread.
  func worker(
    at address: String, data: String = "data", _ more: [String] = [],
    environment: [String: String] = [:]
  ) throws -> LivingProcess {
    try LivingProcess(
      ["worker", "--coordinator", address, "--data", data, "--threads", "1", "--json"] + more,
      in: folder, environment: environment)
  }

  /// Expects that the log of events in `led` tells of each epoch that every row was seen once.
  func expectFullCoverage(epochs: Int) throws {
    let text = try String(
      contentsOf: folder.appending(path: "led/metrics.jsonl"), encoding: .utf8)
    var last: [Int: [Int?]] = [:]
    for line in text.split(separator: "\n") where line.contains("\"epochFinished\"") {
      let event = try RawRows.object(String(line))
      let epoch = try #require(event["epoch"] as? Int)
      last[epoch] = ["rows", "seen", "repeatedSlices", "missingSlices"].map { event[$0] as? Int }
    }
    #expect(last.keys.sorted() == Array(0..<epochs))
    for (epoch, counts) in last {
      #expect(counts == [480, 480, 0, 0], "epoch \(epoch)")
    }
  }
}
