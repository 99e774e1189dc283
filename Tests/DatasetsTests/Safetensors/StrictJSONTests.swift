import Testing

@testable import Datasets

@Suite struct StrictJSONTests {
  @Test(arguments: [
    ("null", StrictJSON.null), (" true ", .boolean(true)), ("-12", .integer(-12)),
    ("1.5e2", .number(150)), ("\"a\\u00e9\\ud83d\\ude00\\n\"", .string("aé😀\n")),
    ("[1,[],{}]", .array([.integer(1), .array([]), .object([])])),
    (
      "{\"b\":1,\"a\":false}",
      .object([.init(key: "b", value: .integer(1)), .init(key: "a", value: .boolean(false))])
    ),
  ])
  func valuesAreParsed(_ text: String, _ value: StrictJSON) throws {
    #expect(try StrictJSON.parse(Array(text.utf8)) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "01x", "+1",
    "\"\\x\"", "\"\\ud800\"", "\"\u{1}\"", "nul", "1 2", "1e999", "'a'",
    String(repeating: "[", count: 100),
  ])
  func brokenTextIsRefused(_ text: String) {
    #expect(throws: StrictJSON.Failure.self) { try StrictJSON.parse(Array(text.utf8)) }
  }

  @Test func invalidTextIsRefused() {
    #expect(throws: StrictJSON.Failure.self) { try StrictJSON.parse([0x22, 0xFF, 0x22]) }
  }

  @Test(arguments: ["", "a\"b\\c", "\u{1}\n\t", "é😀"])
  func quotedTextIsReadBack(_ text: String) throws {
    #expect(try StrictJSON.parse(Array(StrictJSON.quoted(text).utf8)) == .string(text))
  }
}
