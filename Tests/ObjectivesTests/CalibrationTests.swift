import TestSupport
import Testing

@testable import Objectives

@Suite struct CalibrationReferenceTests {
  @Test func tenBins() throws {
    var errors = Errors("metrics.json ece_10_bins (absolute)")
    for (name, entry) in try MetricsFile.load().ece10Bins.sorted(by: { $0.key < $1.key }) {
      var calibration = Calibration()
      for (probability, label) in zip(entry.p, entry.y) {
        calibration.add(probability: probability, label: Double(label))
      }
      #expect(calibration.counts == entry.ece.counts, "\(name)")
      errors.add(name, error: difference(calibration.expectedError, entry.ece.value.value))
      errors.add(
        "\(name) ratio",
        error: difference(calibration.predictedToActual, entry.ece.predictedToActual.value))
    }
    errors.print()
    #expect(errors.largest < 1e-12, "\(errors.worst)")
  }
}

@Suite struct CalibrationTests {
  @Test func nothingHasNoError() {
    #expect(Calibration().expectedError.isNaN)
    #expect(Calibration().predictedToActual.isNaN)
    #expect(Calibration().reliability.isEmpty)
  }

  @Test func binsThatHaveExamplesAreTheDiagram() {
    var calibration = Calibration()
    for (probability, label) in [(0.125, 0.0), (0.1875, 1), (0.75, 1), (1, 1)] {
      calibration.add(probability: probability, label: label)
    }
    #expect(
      calibration.reliability == [
        ReliabilityBin(rows: 2, predicted: 0.15625, actual: 0.5),
        ReliabilityBin(rows: 1, predicted: 0.75, actual: 1),
        ReliabilityBin(rows: 1, predicted: 1, actual: 1),
      ])
  }
}
