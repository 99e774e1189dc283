import Testing

@testable import Training

@Suite struct WorkerSummaryTests {
  @Test(
    arguments: [
      (.done, nil), (.interrupted, .interrupted), (.refused, .refused), (.failed, .unavailable),
    ]
      as [(WorkerSummary.Outcome, ExitCode?)])
  func whatIsNotDoneIsAnError(outcome: WorkerSummary.Outcome, code: ExitCode?) {
    let summary = WorkerSummary(
      worker: "3f2a", coordinator: "tcp://h:1", outcome: outcome, reason: "the reason", slices: 0,
      examples: 0, seconds: 1)
    #expect(summary.failure?.exitCode == code)
    #expect(summary.failure?.what.hasSuffix("the reason") ?? true)
    #expect(summary.failure?.place == (code == nil ? nil : "tcp://h:1"))
  }
}
