import Testing

@testable import Training

@Suite struct ConfigurationAgreementTests {
  @Test(arguments: [
    ("train: {batchSize: 7}", "train.slices: a batch of 7 cannot be cut into 4 slices of two rows"),
    ("loss: ce", "loss: unknown strategy \"ce\", did you mean fixed:ce?"),
    ("loss: autolos", "loss: unknown strategy \"autolos\", did you mean autoloss?"),
    ("loss: \"fixed:\"", "loss: unknown strategy \"fixed:\""),
    (
      "search: {candidates: [ce]}",
      "search.candidates: autoloss needs at least two losses to choose among"
    ),
    (
      "search: {temperature: {floor: 2}}",
      "search.temperature.floor: 2.0 is above search.temperature.start, 1.0"
    ),
  ])
  func refusesWhatDoesNotGoTogether(yaml: String, what: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.what == what)
    #expect(error?.exitCode == .configuration)
  }

  @Test(arguments: ["fixed:ce", "fixed:focal:gamma=2", "al1", "al2", "autoloss"])
  func acceptsStrategies(loss: String) throws {
    #expect(try read("loss: \(loss)").loss == loss)
  }

  @Test func aFixedLossNeedsNoCandidates() throws {
    #expect(try read("{loss: 'fixed:ce', search: {candidates: [ce]}}").search.candidates == ["ce"])
  }
}
