import Testing

@testable import Training
@testable import autoloss

@Suite struct WordingTests {
  private let evaluation = RunEvaluation(
    step: 1200, epoch: 0, auc: 0.781234, logloss: 0.456789, rows: 10_000, seconds: 0.5,
    isBest: true)

  @Test func endsWithATable() {
    let summary = RunSummary(
      step: 12, epochs: 1, interrupted: false, stoppedEarly: false, checksum: "ab",
      best: evaluation, seconds: 2, examples: 24_000)
    let lines = Wording.summary(summary, out: "run").split(separator: "\n").map(String.init)
    #expect(lines.contains("examples            12.0 k/s"))
    #expect(lines.contains("validation AUC      0.78123"))
    #expect(lines.last == "checksum            ab")
  }

  @Test(arguments: [
    (0.5, "0.50000"), (.nan, "undefined, one class only"), (nil, "undefined, one class only"),
  ])
  func anAUCMayNotExist(value: Double?, text: String) {
    #expect(Wording.auc(value) == text)
  }
}
