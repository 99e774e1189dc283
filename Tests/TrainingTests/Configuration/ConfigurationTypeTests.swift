import Testing

@testable import Training

@Suite struct ConfigurationTypeTests {
  @Test(arguments: [
    (ConfigurationType.integer(1...64), ConfigurationValue.integer(1), true),
    (.integer(1...64), .integer(64), true),
    (.integer(1...64), .integer(0), false),
    (.integer(1...64), .number(1), false),
    (.number(.from(0, below: 1)), .number(0), true),
    (.number(.from(0, below: 1)), .number(1), false),
    (.number(.above(0)), .number(0), false),
    (.number(.above(0)), .number(.infinity), false),
    (.number(.atLeast(0)), .number(.nan), false),
    (.choice(["a", "b"]), .text("b"), true),
    (.choice(["a", "b"]), .text("c"), false),
    (.integers(1...9), .integers([]), true),
    (.integers(1...9), .integers([1, 10]), false),
    (.flag, .flag(false), true),
    (.texts, .text("a"), false),
  ])
  func admits(type: ConfigurationType, value: ConfigurationValue, expected: Bool) {
    #expect(type.admits(value) == expected)
  }

  @Test(arguments: [
    (ConfigurationType.integer(1...64), "an integer, 1 to 64"),
    (.integer(0...(.max)), "an integer, at least 0"),
    (.number(.above(0)), "a number, above 0"),
    (.number(.from(0, below: 0.5)), "a number, at least 0 and below 0.5"),
    (.choice(["a", "b"]), "one of a, b"),
  ])
  func describes(type: ConfigurationType, phrase: String) {
    #expect(type.description == phrase)
  }
}
