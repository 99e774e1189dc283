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
  }
}
