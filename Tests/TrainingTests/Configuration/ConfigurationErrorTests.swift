import Testing

@testable import Training

@Suite struct ConfigurationErrorTests {
  @Test func putsTheKeyFirst() {
    let error = ConfigurationError(
      key: "train.seed", problem: "is odd", place: "run.yaml:1:2", remedy: "make it even")
    #expect(error.what == "train.seed: is odd")
    #expect(error.exitCode == .configuration)
  }
}
