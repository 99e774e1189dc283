import TestSupport
import Testing

@testable import Objectives

@Suite struct LogLossReferenceTests {
  @Test func fromProbabilitiesAndLogits() throws {
    var errors = Errors("metrics.json logloss_binary")
    for (name, entry) in try MetricsFile.load().loglossBinary.sorted(by: { $0.key < $1.key }) {
      let labels = entry.y.map(Double.init)
      let expected = entry.logloss.value.value
      var actual = 0.0
      if let probabilities = entry.p {
        actual = LogLoss.mean(probabilities: probabilities.map(\.value), labels: labels)
      } else if let logits = entry.z {
        for (logit, label) in zip(logits, labels) {
          actual += LogLoss.value(logit: logit.value, label: label) / Double(labels.count)
        }
      }
      errors.add(name, error: difference(actual, expected) / expected)
    }
    errors.print()
    #expect(errors.largest < 1e-12, "\(errors.worst)")
  }
}

@Suite struct LogLossTests {
  @Test func probabilityIsExactAtBothEnds() {
    #expect(LogLoss.probability(logit: 0) == 0.5)
    #expect(LogLoss.probability(logit: 800) == 1)
    #expect(LogLoss.probability(logit: -700) > 0)
  }

  @Test func noPredictionsHaveNoMean() {
    #expect(LogLoss.mean(probabilities: [], labels: []).isNaN)
  }
}
