import Foundation
import Testing

@Suite struct CoordinatorCommandTests {
  private let options = ["--data", "data", "--batch-size", "100", "--loss", "autoloss", "--json"]

  @Test func aWorkerComputesWhatThreadsCompute() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let alone = try CommandLineTool.run(["train", "--out", "alone"] + options, in: folder)
      let address = "tcp://127.0.0.1:\(Int.random(in: 20_000..<30_000))"
      let worker = Process()
      worker.executableURL = try CommandLineTool.binary()
      worker.arguments = ["worker", "--coordinator", address, "--data", "data", "--threads", "1"]
      worker.currentDirectoryURL = folder
      worker.standardError = FileHandle.nullDevice
      try worker.run()
      defer { worker.terminate() }
      let led = try CommandLineTool.run(
        ["coordinator", "--out", "led", "--listen", address] + options, in: folder)
      #expect(led.exitCode == 0, "\(led.errors)")
      let checksum = try RawRows.object(alone.output)["checksum"] as? String
      #expect(checksum != nil)
      #expect(try RawRows.object(led.output)["checksum"] as? String == checksum)
    }
  }

  @Test(
    arguments: [
      (["coordinator", "--data", "data", "--out", "run"], 78),
      (["worker", "--data", "data"], 64),
    ] as [([String], Int32)])
  func mistakesHaveTheirCode(arguments: [String], code: Int32) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      #expect(try CommandLineTool.run(arguments, in: folder).exitCode == code)
    }
  }
}
