import Testing

@testable import Objectives
@testable import Training

@Suite struct QualityTests {
  @Test func takesOverBothTasks() {
    var binary = BinaryMetrics()
    for row in 0..<10 { binary.add(logit: Float(row), label: row < 4 ? 0 : 1) }
    let one = Quality(binary.result())
    #expect(one.rows == 10 && one.auc == 1 && one.positives == 6)
    #expect(one.labelCounts == nil && one.accuracy == nil && one.weightedAUC == nil)
    let classes = ClassResult(
      rows: 4, labelCounts: [1, 3, 0], aucs: [0.5, 0.9, .nan], logloss: 1.5, accuracy: 0.25,
      calibrationError: 0.125,
      reliability: [ReliabilityBin(rows: 4, predicted: 0.5, actual: 0.375)])
    let many = Quality(classes)
    #expect(many.auc == 0.7 && many.weightedAUC == (0.5 + 3 * 0.9) / 4)
    #expect(many.logloss == 1.5 && many.accuracy == 0.25 && many.calibrationError == 0.125)
    #expect(many.labelCounts == [1, 3, 0] && many.positives == nil)
    #expect(many.predictedToActual == nil)
    #expect(many.reliability == classes.reliability)
    #expect(one.reliability == binary.result().reliability && one.reliability.count > 2)
  }
}
