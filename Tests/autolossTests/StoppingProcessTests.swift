import Foundation
import Testing

/// SIGTERM and SIGUSR1 in every phase of a run: it saves, ends with 75, and goes on to the model of
/// a run that was not stopped.
@Suite(.serialized) struct StoppingProcessTests {
  /// When a signal comes.
  enum Phase: String, CaseIterable {
    case begin, firstStep, midEpoch, save, evaluation
  }

  private struct Scene {
    let folder: URL
    let options: [String]

    /// A run of sixty steps that saves after each and evaluates after every fourth.
    init(_ folder: URL) throws {
      self.folder = folder
      #expect(try RawRows.prepare(in: folder, rows: 4000).exitCode == 0)
      options = [
        "--data", "data", "--batch-size", "200", "--loss", "autoloss", "--epochs", "100", "--set",
        "train.maxSteps=60", "--set", "train.evaluateEvery=4", "--set", "train.patience=0",
        "--set", "model.hidden=[32,16]", "--set", "checkpoint.everySteps=1", "--json",
      ]
    }

    func checksumOfQuietRun() throws -> String {
      let result = try CommandLineTool.run(["train", "--out", "quiet"] + options, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      return try checksum(result.output)
    }

    func checksum(_ output: String) throws -> String {
      try #require(try RawRows.object(output)["checksum"] as? String)
    }

    /// Sends a signal as soon as the run, begun or resumed, is in the phase.
    func send(_ signal: Int32, to process: LivingProcess, in phase: Phase) throws {
      switch phase {
      case .begin:
        let deadline = ContinuousClock.now + .seconds(10)
        while !hears(signal, process), ContinuousClock.now < deadline {
          Thread.sleep(forTimeInterval: 0.0002)
        }
        // It ignores the signal a moment before it listens.
        Thread.sleep(forTimeInterval: 0.05)
      case .firstStep: _ = try process.line(with: "firstStep=")
      case .midEpoch: _ = try process.line(with: "checkpoint saved")
      case .save, .evaluation:
        _ = try process.line(with: "checkpoint saved")
        let deadline = ContinuousClock.now + .seconds(10)
        while !(phase == .save ? isSaving : isEvaluating), ContinuousClock.now < deadline {
          Thread.sleep(forTimeInterval: 0.0002)
        }
      }
      process.send(signal)
    }

    /// Whether the process no longer ends by a signal that nobody told it to expect.
    private func hears(_ signal: Int32, _ process: LivingProcess) -> Bool {
      let status = try? String(
        contentsOf: URL(filePath: "/proc/\(process.identifier)/status"), encoding: .utf8)
      let masks = (status ?? "").split(separator: "\n").filter {
        $0.hasPrefix("SigIgn:") || $0.hasPrefix("SigCgt:")
      }
      return masks.contains { line in
        let digits = line.drop { $0 != "\t" }.dropFirst()
        return UInt64(digits, radix: 16).map { $0 >> UInt64(signal - 1) & 1 == 1 } ?? false
      }
    }

    private var isSaving: Bool {
      let place = folder.appending(path: "run/checkpoints").path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      return names.contains { $0.hasSuffix(".tmp") }
    }

    /// Progress is told right before an evaluation, whose result comes behind it.
    private var isEvaluating: Bool {
      let url = folder.appending(path: "run/metrics.jsonl")
      let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
      let events = text.split(separator: "\n").filter { line in
        !["checkpointed", "point"].contains { line.contains("\"event\":\"\($0)\"") }
      }
      return events.last?.contains("\"progress\"") == true
    }
  }

  @Test(arguments: Phase.allCases)
  func aRunThatIsStoppedGoesOnToTheSameModel(phase: Phase) throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder)
      let expected = try scene.checksumOfQuietRun()
      let command = ["train", "--out", "run", "--resume", "auto"] + scene.options
      for signal in [SIGTERM, SIGUSR1] {
        let process = try LivingProcess(command, in: folder)
        try scene.send(signal, to: process, in: phase)
        #expect(process.end() == 75, "\(process.errors)")
        #expect(try CommandLineTool.run(["verify", "run"], in: folder).exitCode == 0)
      }
      let last = try CommandLineTool.run(command, in: folder)
      #expect(last.exitCode == 0, "\(last.errors)")
      // Whoever was stopped before the first step begins there.
      #expect(phase == .begin || last.errors.contains("run resumed"))
      #expect(try scene.checksum(last.output) == expected)
    }
  }

  /// When a signal comes to a coordinator.
  enum LedPhase: String, CaseIterable {
    case waitingForWorkers, waitingForSlices, save
  }

  @Test(arguments: zip(LedPhase.allCases, [SIGTERM, SIGUSR1, SIGTERM]))
  func aCoordinatorThatIsStoppedGoesOnToTheSameModel(phase: LedPhase, signal: Int32) throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder)
      let expected = try scene.checksumOfQuietRun()
      func coordinator() throws -> (LivingProcess, String) {
        let led = try LivingProcess(
          [
            "coordinator", "--out", "run", "--resume", "auto", "--listen", "tcp://127.0.0.1:0",
            "--set", "cluster.expectWorkers=1",
          ] + scene.options, in: folder)
        let line = try led.line(with: "listening on ")
        return (led, try #require(line.split(separator: " ").last.map(String.init)))
      }
      func worker(_ address: String) throws -> LivingProcess {
        try LivingProcess(
          ["worker", "--coordinator", address, "--data", "data", "--threads", "1"], in: folder)
      }
      let (first, address) = try coordinator()
      switch phase {
      case .waitingForWorkers:
        _ = try first.line(with: "run started")
        first.send(signal)
        #expect(first.end() == 75, "\(first.errors)")
      case .waitingForSlices:
        let stuck = try worker(address)
        _ = try first.line(with: "checkpoint saved")
        stuck.send(SIGSTOP)
        Thread.sleep(forTimeInterval: 0.2)
        first.send(signal)
        #expect(first.end() == 75, "\(first.errors)")
        stuck.send(SIGKILL)
        _ = stuck.end()
      case .save:
        let busy = try worker(address)
        try scene.send(signal, to: first, in: .save)
        #expect(first.end() == 75, "\(first.errors)")
        #expect(busy.end() == 75, "\(busy.errors)")
      }
      #expect(try CommandLineTool.run(["verify", "run"], in: folder).exitCode == 0)
      let (second, place) = try coordinator()
      let helper = try worker(place)
      #expect(second.end() == 0, "\(second.errors)")
      #expect(helper.end() == 0, "\(helper.errors)")
      #expect(try scene.checksum(second.output) == expected)
    }
  }
}
