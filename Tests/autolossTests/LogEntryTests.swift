import Logging
import Testing

@testable import Training
@testable import autoloss

@Suite struct LogEntryTests {
  private func entry(of event: RunEvent) -> (Logger.Level, String, [String: String]) {
    let entry = LogEntry(event)
    return (entry.level, entry.message, entry.details.mapValues { "\($0)" })
  }

  private static func start(from step: Int) -> RunEvent {
    .started(
      RunStart(
        model: "ipnn", parameters: 9, strategy: "fixed:ce", rows: 8, stepsPerEpoch: 2,
        totalSteps: 4, batchSize: 4, slices: 2, threads: 1, firstStep: step, blasKernel: "Zen"))
  }

  @Test(arguments: [(0, "run started"), (3, "run resumed")])
  func tellsOfTheStart(step: Int, message: String) {
    let (level, found, details) = entry(of: Self.start(from: step))
    #expect(level == .info)
    #expect(found == message)
    #expect(details["firstStep"] == "\(step)" && details["model"] == "ipnn")
  }

  @Test func figuresAreThoseThatPeopleCompare() {
    let (_, message, details) = entry(
      of: .evaluated(
        RunEvaluation(
          step: 1200, epoch: 0, auc: 0.781234567, logloss: .nan, rows: 10_000, seconds: 0.5,
          isBest: true)))
    #expect(message == "validated")
    #expect(
      details == [
        "step": "1200", "auc": "0.78123", "logloss": "nan", "rows": "10000", "seconds": "0.5",
        "isBest": "true",
      ])
  }

  @Test(arguments: [(0, Logger.Level.info), (1, .error)])
  func anEpochThatIsNotExactIsAnError(missing: Int, level: Logger.Level) {
    let report = CoverageReport(
      epoch: 0, rows: 10, seen: 10, repeatedSlices: 0, missingSlices: missing)
    let (found, message, details) = entry(of: .epochFinished(report))
    #expect(found == level)
    #expect(message.contains("not every") == (missing > 0))
    #expect(details["missingSlices"] == "\(missing)")
  }

  @Test(arguments: RunConfiguration.Level.allCases)
  func sentencesKeepTheirSeverity(level: RunConfiguration.Level) {
    let (found, message, details) = entry(of: .notice("a worker was lost", level))
    #expect(found.rawValue == level.rawValue)
    #expect(message == "a worker was lost" && details.isEmpty)
  }
}
