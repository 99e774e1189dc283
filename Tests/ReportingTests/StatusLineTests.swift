import Testing

@testable import Reporting

@Suite struct StatusLineTests {
  @Test func showsWhatIsKnown() {
    var line = StatusLine(
      step: 1200, totalSteps: 4000, epoch: 0, examplesPerSecond: 226_000, loss: 0.45124)
    #expect(line.description == "step 1,200/4,000  epoch 1  226 k/s  loss 0.4512")
    line.auc = 0.78121
    line.workers = 3
    line.remainingSeconds = 9.84
    #expect(line.description.hasSuffix("  AUC 0.7812  workers 3  ETA 9.8 s"))
  }

  @Test func leavesOutAnUnknownTotal() {
    let line = StatusLine(step: 1, totalSteps: 0, epoch: 1, examplesPerSecond: 0, loss: .nan)
    #expect(line.description == "step 1  epoch 2  0 /s  loss nan")
  }
}
