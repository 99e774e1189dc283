import Testing

@testable import Reporting

@Suite struct JSONTextTests {
  @Test func sortsKeysAndKeepsSlashes() throws {
    #expect(try JSONText.line(["b": "x/y", "a": "ü"]) == #"{"a":"ü","b":"x/y"}"#)
  }

  @Test func writesNumbersThatJSONLacksAsText() throws {
    let values = [1, .nan, .infinity, -.infinity] as [Double]
    #expect(try JSONText.line(values) == #"[1,"nan","inf","-inf"]"#)
  }

  @Test func indentsPages() throws {
    #expect(try JSONText.page(["a": 1]) == "{\n  \"a\" : 1\n}")
  }
}
