import Testing

@testable import Training
@testable import autoloss

@Suite struct WordingTests {
  private let evaluation = RunEvaluation(
    step: 1200, epoch: 0, auc: 0.781234, logloss: 0.456789, rows: 10_000, seconds: 0.5,
    isBest: true)

  @Test func tellsOfEvaluations() {
    #expect(
      Wording.evaluation(evaluation)
        == "validation after step 1,200: AUC 0.78123, logloss 0.45679 on 10,000 rows in 0.5 s,"
        + " the best so far")
  }

  @Test func tellsOfCoverage() {
    var report = CoverageReport(
      epoch: 0, rows: 10, seen: 10, repeatedSlices: 0, missingSlices: 0)
    #expect(Wording.coverage(report).contains("every one of 10 examples"))
    report.seen = 8
    report.missingSlices = 1
    #expect(
      Wording.coverage(report)
        == "epoch 1: 8 of 10 examples counted; 1 slices missing, 0 repeated")
  }

  @Test func endsWithATable() {
    let summary = RunSummary(
      step: 12, epochs: 1, interrupted: false, stoppedEarly: false, checksum: "ab",
      best: evaluation, seconds: 2, examples: 24_000)
    let lines = Wording.summary(summary, out: "run").split(separator: "\n").map(String.init)
    #expect(lines.contains("examples            12.0 k/s"))
    #expect(lines.contains("validation AUC      0.78123"))
    #expect(lines.last == "checksum            ab")
  }
}
