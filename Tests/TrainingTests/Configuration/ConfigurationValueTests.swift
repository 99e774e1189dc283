import Testing

@testable import Training

@Suite struct ConfigurationValueTests {
  @Test(arguments: [
    (ConfigurationValue.integer(-3), "-3"),
    (.number(0.001), "0.001"),
    (.number(1e-6), "1.0e-06"),
    (.number(2), "2.0"),
    (.number(1.5e-7), "1.5e-07"),
    (.number(1e300), "1.0e+300"),
    (.flag(true), "true"),
    (.text("deepfm"), "deepfm"),
    (.text("/runs/a"), "/runs/a"),
    (.text(""), "\"\""),
    (.text("no"), "\"no\""),
    (.text("12"), "\"12\""),
    (.text("fixed:ce"), "\"fixed:ce\""),
    (.text("a\"b\\c\n\u{1}"), "\"a\\\"b\\\\c\\n\\x01\""),
    (.integers([1, 2]), "[1, 2]"),
    (.texts(["a", "b c"]), "[a, \"b c\"]"),
  ])
  func writes(value: ConfigurationValue, yaml: String) {
    #expect(value.yaml == yaml)
  }
}
