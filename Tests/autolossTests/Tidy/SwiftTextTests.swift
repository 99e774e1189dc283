import Testing

@Suite struct SwiftTextTests {
  @Test(arguments: [
    ("a // b", "a     "),
    ("a /* b /* c */ d */ e", "a                   e"),
    (#"x = "y!" + z"#, "x =      + z"),
    (#"x("\(f("!") + g)") + h"#, "x(               ) + h"),
    (##"x = #"a"!"# + y"##, "x =         + y"),
    ("x = \"\"\"\n  a!\n  \"\"\"\ny", "x =    \n    \n     \ny"),
  ])
  func keepsCodeOnly(source: String, code: String) {
    #expect(SwiftText(source).code.joined(separator: "\n") == code)
  }

  @Test func keepsCommentsOnly() {
    #expect(SwiftText("a // b\n\"// c\"").comments == ["  // b", "      "])
  }

  @Test func measuresBodies() {
    let source = """
      struct A {
        var b: Int {
          1
        }
        init(
          c: () -> Void = {}
        ) {
          d()
        }
        func e() { f { g } }
        func h()
      }
      """
    #expect(
      SwiftText(source).bodies == [
        .init(name: "Int", firstLine: 2, lineCount: 3),
        .init(name: "init", firstLine: 5, lineCount: 5),
        .init(name: "e", firstLine: 10, lineCount: 1),
      ])
  }
}
