import Testing

@testable import Training

@Suite struct ConfigurationOriginTests {
  @Test(arguments: [
    (ConfigurationOrigin.standard, "default"),
    (.file("run.yaml", line: 12, column: 7), "run.yaml:12:7"),
    (.environment("AUTOLOSS__LOSS"), "environment variable AUTOLOSS__LOSS"),
    (.assignment("loss=al1"), "--set loss=al1"),
    (.flag("--loss"), "--loss"),
  ])
  func reads(origin: ConfigurationOrigin, text: String) {
    #expect(origin.description == text)
  }
}
