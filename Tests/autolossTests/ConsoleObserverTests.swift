import Foundation
import Logging
import Reporting
import Synchronization
import Testing

@testable import Training
@testable import autoloss

@Suite struct ConsoleObserverTests {
  private let events: [RunEvent] = [
    .notice("hello", .info),
    .epochFinished(
      CoverageReport(epoch: 0, rows: 4, seen: 4, repeatedSlices: 0, missingSlices: 0)),
    .checkpointed(
      RunCheckpoint(
        step: 3, path: "run/c", bytes: 1200, seconds: 0.25, stallSeconds: 0.002, waitSeconds: 0,
        fetchSeconds: 0, keptBytes: 512)),
  ]

  private func observe(
    _ some: [RunEvent]? = nil, into file: URL?, level: RunConfiguration.Level = .info
  ) -> String {
    let text = Written()
    let console = Console(
      terminal: Terminal(isTerminal: false, environment: [:]), now: { 0 }, write: text.add)
    var log = RunConfiguration.Log()
    log.level = level
    let observer = ConsoleObserver(
      logger: RunLog(log, role: "train", console: console).logger, console: console,
      metricsFile: file)
    for event in some ?? events { observer.observe(event) }
    return text.all
  }

  private final class Written: Sendable {
    private let text = Mutex("")
    var all: String { text.withLock { $0 } }
    @Sendable func add(_ piece: String) { text.withLock { $0 += piece } }
  }

  @Test func showsAndKeepsEveryEvent() throws {
    try CommandLineTool.withFolder { folder in
      let file = folder.appending(path: "metrics.jsonl")
      let shown = observe(into: file)
      #expect(shown.split(separator: "\n").count == 3)
      #expect(shown.contains(" info     train: hello\n"))
      let kept = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      #expect(kept.count == 3)
      #expect(kept[0].contains(#""event":"notice""#) && kept[0].contains(#""text":"hello""#))
      #expect(kept[0].contains(#""level":"info""#))
    }
  }

  @Test func pointsAreKeptAndNotShown() throws {
    try CommandLineTool.withFolder { folder in
      let file = folder.appending(path: "metrics.jsonl")
      let point = RunProgress(
        step: 3, totalSteps: 9, epoch: 0, examplesPerSecond: 5, loss: 0.5, shares: [], workers: 0)
      #expect(observe([.point(point)], into: file).isEmpty)
      let kept = try String(contentsOf: file, encoding: .utf8)
      #expect(kept.contains(#""event":"point""#) && kept.contains(#""step":3"#))
    }
  }

  @Test(arguments: [
    (RunConfiguration.Level.trace, 3), (.info, 3), (.notice, 0), (.critical, 0),
  ])
  func showsWhatIsSevereEnough(level: RunConfiguration.Level, lines: Int) {
    #expect(observe(into: nil, level: level).split(separator: "\n").count == lines)
  }

  @Test func saysOnceWhenNothingCanBeKept() {
    let shown = observe(into: URL(filePath: "/nonexistent/metrics.jsonl"))
    #expect(shown.split(separator: "\n").count { $0.contains("no more metrics") } == 1)
  }
}
