import Foundation
import Testing

@testable import autoloss

@Suite struct ChildProcessTests {
  private func run(
    _ command: [String], line: String? = nil, in folder: URL
  ) throws -> ChildProcess {
    let child = try ChildProcess(
      command, through: .init(line: line), output: folder.appending(path: "out"),
      errors: folder.appending(path: "err"))
    let deadline = ContinuousClock.now + .seconds(30)
    while child.isRunning, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.01) }
    return child
  }

  /// Words keep their blanks and quotes on the way through a shell.
  @Test(arguments: [nil, "{command}", "FROM=shell exec {command}"])
  func whatItSaysIsKept(line: String?) throws {
    try CommandLineTool.withFolder { folder in
      let child = try run(["/bin/echo", "it's  \"here\""], line: line, in: folder)
      #expect(child.exitCode == 0)
      #expect(String(decoding: child.output, as: UTF8.self) == "it's  \"here\"\n")
      #expect(child.lastWords == "it said nothing")
    }
  }

  @Test func theConfigurationIsNotInherited() {
    let given = ["PATH": "/bin", "AUTOLOSS__TRAIN__SEED": "9", "AUTOLOSS_CPU": "native"]
    #expect(ChildProcess.environment(given) == ["PATH": "/bin", "AUTOLOSS_CPU": "native"])
  }

  @Test func itsLastSentenceIsThatOfItsError() throws {
    try CommandLineTool.withFolder { folder in
      let script =
        "echo before >&2; echo 'error: no room' >&2; echo '  fix: make some' >&2; exit 74"
      let child = try run(["/bin/sh", "-c", script], in: folder)
      #expect(child.exitCode == 74 && child.lastWords == "no room")
      // The log of a run goes on where it is started again.
      _ = try run(["/bin/sh", "-c", "echo after >&2"], in: folder)
      let log = try String(contentsOf: folder.appending(path: "err"), encoding: .utf8)
      #expect(log.hasPrefix("before\n") && log.hasSuffix("after\n"))
    }
  }

  /// A process of a study that was killed may write late, to a file of its own.
  @Test func whatAnEarlierOneWritesIsNotItsOutput() throws {
    try CommandLineTool.withFolder { folder in
      let (gate, done) = (folder.appending(path: "gate"), folder.appending(path: "done"))
      let script = "until [ -e gate ]; do sleep 0.01; done; echo much earlier; : > done"
      let earlier = try ChildProcess(
        ["/bin/sh", "-c", "cd '\(folder.path)'; \(script)"], through: .init(),
        output: folder.appending(path: "out"), errors: folder.appending(path: "err"))
      let later = try run(["/bin/echo", "later"], in: folder)
      try Data().write(to: gate)
      let deadline = ContinuousClock.now + .seconds(30)
      while earlier.isRunning, ContinuousClock.now < deadline {
        Thread.sleep(forTimeInterval: 0.01)
      }
      #expect(FileManager.default.fileExists(atPath: done.path))
      #expect(String(decoding: later.output, as: UTF8.self) == "later\n")
    }
  }

  @Test func aCommandThatIsNotThereIsTold() throws {
    try CommandLineTool.withFolder { folder in
      let error = #expect(throws: (any Error).self) {
        try ChildProcess(
          ["/absent/tool"], through: .init(), output: folder.appending(path: "out"),
          errors: folder.appending(path: "err"))
      }
      #expect(error.flatMap { Explanation.of($0) }?.exitCode == .unavailable)
    }
  }
}
