import Testing

@testable import Training

@Suite struct ConfigurationReadingTests {
  @Test(arguments: [
    (ConfigurationType.integer(0...9), "7", ConfigurationValue?.some(.integer(7))),
    (.integer(0...9), "7.0", nil),
    (.integer(0...9), " 7", nil),
    (.number(.atLeast(0)), "1e-6", .number(1e-6)),
    (.number(.atLeast(0)), "many", nil),
    (.flag, "true", .flag(true)),
    (.flag, "True", nil),
    (.text, "a: b # c", .text("a: b # c")),
    (.integers(1...9), "[1, 2]", .integers([1, 2])),
    (.integers(1...9), "1,2", .integers([1, 2])),
    (.integers(1...9), "[]", .integers([])),
    (.integers(1...9), "1,x", nil),
    (.texts, "focal, ce", .texts(["focal", "ce"])),
    (.texts, "[focal:gamma=2,alpha=0.25,ce]", .texts(["focal:gamma=2,alpha=0.25", "ce"])),
    (.texts, "[ce, \"focal:gamma=3,alpha=0.25\"]", .texts(["ce", "focal:gamma=3,alpha=0.25"])),
    (.texts, "'focal:gamma=3, alpha=0.25', \"ce\"", .texts(["focal:gamma=3, alpha=0.25", "ce"])),
    (.texts, "[\"]", .texts(["\""])),
  ])
  func understandsTexts(type: ConfigurationType, text: String, value: ConfigurationValue?) {
    #expect(type.value(ofText: text) == value)
  }
}
