import Foundation
import Testing

/// Coordinator and workers as processes of their own on loopback: the model is that of `train`,
/// whoever computes it, dies or is stopped on the way.
@Suite(.serialized) struct ClusterProcessTests {
  @Test(arguments: ["fixed:ce", "autoloss"])
  func anyNumberOfWorkersGivesTheSameModel(loss: String) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: loss)
      let expected = try cluster.checksumAlone()
      for count in 1...3 {
        let led = try cluster.coordinator(workers: count)
        let workers = try (0..<count).map { _ in try cluster.worker(at: cluster.address(of: led)) }
        #expect(led.end() == 0, "\(led.errors)")
        #expect(try cluster.checksum(led.output) == expected, "\(count) workers")
        #expect(led.errors.contains("every example counted once"))
        var slices = 0
        for worker in workers {
          #expect(worker.end() == 0, "\(worker.errors)")
          let summary = try RawRows.object(worker.output)
          #expect(summary["outcome"] as? String == "done")
          #expect(summary["reason"] as? String == "the run is over")
          let name = try #require(summary["worker"] as? String)
          #expect(led.errors.contains("worker \(name) joined"))
          #expect(worker.errors.contains("worker[\(name)]: joined the run"))
          slices += summary["slices"] as? Int ?? 0
        }
        #expect(slices >= 2 * 5 * 4, "four slices in each of five steps of two epochs")
        try FileManager.default.removeItem(at: folder.appending(path: "led"))
      }
    }
  }

  @Test func aWorkerWithOtherDataIsRefused() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let other = try CommandLineTool.run(
        [
          "prepare", "criteo", "--input", "raw.tsv", "--out", "other", "--min-count", "2",
          "--seed", "9",
        ], in: folder)
      #expect(other.exitCode == 0, "\(other.errors)")
      let led = try cluster.coordinator(workers: 1)
      let stranger = try cluster.worker(at: cluster.address(of: led), data: "other")
      #expect(stranger.end() == 77)
      let sentences = stranger.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      #expect(sentences.count == 1)
      #expect(sentences.first?.contains("the worker's data is ") == true, "\(stranger.errors)")
      let summary = try RawRows.object(stranger.output)
      #expect(summary["outcome"] as? String == "refused")
      #expect(summary["slices"] as? Int == 0)
      // The run goes on without it.
      let worker = try cluster.worker(at: cluster.address(of: led))
      #expect(led.end() == 0, "\(led.errors)")
      #expect(worker.end() == 0)
      #expect(led.errors.contains("refused"))
    }
  }

  @Test(arguments: [("fixed:ce", SIGTERM), ("autoloss", SIGTERM), ("fixed:ce", SIGUSR1)])
  func aStoppedCoordinatorGoesOnToTheSameModel(loss: String, signal: Int32) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: loss, epochs: 40)
      let expected = try cluster.checksumAlone()
      let first = try cluster.coordinator(workers: 1)
      let worker = try cluster.worker(at: cluster.address(of: first))
      _ = try first.line(with: "checkpoint saved")
      first.send(signal)
      #expect(first.end() == 75, "\(first.errors)")
      #expect(first.errors.contains("--resume auto"))
      #expect(worker.end() == 75, "\(worker.errors)")
      let second = try cluster.coordinator(workers: 2, ["--resume", "auto"])
      let others = try (0..<2).map { _ in try cluster.worker(at: cluster.address(of: second)) }
      #expect(second.end() == 0, "\(second.errors)")
      #expect(try cluster.checksum(second.output) == expected)
      #expect(second.errors.contains("run resumed"))
      try cluster.expectFullCoverage(epochs: 40)
      for worker in others { #expect(worker.end() == 0, "\(worker.errors)") }
    }
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func aWorkerThatIsKilledIsReplacedByTheOther(loss: String) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: loss, epochs: 40)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try cluster.worker(at: cluster.address(of: led)) }
      _ = try led.line(with: "checkpoint saved")
      workers[0].send(SIGKILL)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      #expect(led.errors.contains("was lost") || led.errors.contains("said nothing"))
      try cluster.expectFullCoverage(epochs: 40)
      #expect(workers[0].end() == SIGKILL)
      #expect(workers[1].end() == 0, "\(workers[1].errors)")
    }
  }

  /// Without workers nothing can go on, and nothing that was trained may be lost.
  @Test func aRunWithoutWorkersGivesUpAndCanGoOn() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce", epochs: 40)
      let expected = try cluster.checksumAlone()
      let first = try cluster.coordinator(workers: 1, ["--set", "cluster.quorumSeconds=1"])
      let killed = try cluster.worker(at: cluster.address(of: first))
      _ = try first.line(with: "checkpoint saved")
      killed.send(SIGKILL)
      #expect(first.end() == 69, "\(first.errors)")
      _ = killed.end()
      let second = try cluster.coordinator(workers: 1, ["--resume", "auto"])
      let worker = try cluster.worker(at: cluster.address(of: second))
      #expect(second.end() == 0, "\(second.errors)")
      #expect(try cluster.checksum(second.output) == expected)
      #expect(worker.end() == 0, "\(worker.errors)")
    }
  }

  /// Products of other kernels differ in their last bits: the model would depend on who computes.
  @Test func aWorkerWithAnotherKernelIsRefused() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let led = try cluster.coordinator(workers: 1)
      let stranger = try cluster.worker(
        at: cluster.address(of: led), environment: ["OPENBLAS_CORETYPE": "Nehalem"])
      #expect(stranger.end() == 77)
      let sentence = "the worker's OpenBLAS kernel is Nehalem, the coordinator's is "
      #expect(stranger.errors.contains(sentence), "\(stranger.errors)")
      #expect(stranger.errors.contains("start the worker with OPENBLAS_CORETYPE="))
      let worker = try cluster.worker(at: cluster.address(of: led))
      #expect(led.end() == 0, "\(led.errors)")
      #expect(worker.end() == 0, "\(worker.errors)")
    }
  }

  @Test func aWorkerLooksForItsCoordinatorAsLongAsItIsTold() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let worker = try cluster.worker(
        at: "tcp://127.0.0.1:1", ["--connect-timeout", "1"])
      #expect(worker.end() == 69)
      #expect(worker.errors.contains("for at most 1 s (--connect-timeout)"), "\(worker.errors)")
      #expect(worker.errors.contains("no coordinator answered for 1 s"), "\(worker.errors)")
    }
  }

  @Test func aWorkerThatLooksForARunThatIsOverIsTold() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let led = try cluster.coordinator(workers: 1)
      let address = try cluster.address(of: led)
      let first = try cluster.worker(at: address)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(first.end() == 0, "\(first.errors)")
      let late = try cluster.worker(at: address)
      _ = try late.line(with: "waiting for the coordinator at \(address) for at most 600 s")
      let again = try cluster.coordinator(workers: 1, at: address, ["--resume", "auto"])
      #expect(again.end() == 0, "\(again.errors)")
      #expect(late.end() == 0, "\(late.errors)")
      #expect(late.errors.contains("finished: the run is over"), "\(late.errors)")
    }
  }

  /// The configuration that a coordinator sends may change from one start to the next.
  @Test func aWorkerServesACoordinatorThatComesBackForLonger() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "autoloss", epochs: 40)
      let led = try cluster.coordinator(workers: 1)
      let address = try cluster.address(of: led)
      let worker = try cluster.worker(at: address)
      _ = try led.line(with: "checkpoint saved")
      led.send(SIGKILL)
      #expect(led.end() == SIGKILL)
      let longer = ["--epochs", "41", "--resume", "auto"]
      let again = try cluster.coordinator(workers: 1, at: address, longer)
      #expect(again.end() == 0, "\(again.errors)")
      #expect(worker.end() == 0, "\(worker.errors)")
      let expected = try cluster.checksumAlone(["--epochs", "41"])
      #expect(try cluster.checksum(again.output) == expected)
      try cluster.expectFullCoverage(epochs: 41)
    }
  }
}
