import Testing

@testable import Reporting

@Suite struct TerminalTests {
  @Test(arguments: [
    (true, [:], true, true, 80),
    (false, [:], false, false, 80),
    (true, ["NO_COLOR": "1"], true, false, 80),
    (true, ["NO_COLOR": ""], true, true, 80),
    (true, ["TERM": "dumb"], false, false, 80),
    (true, ["COLUMNS": "132"], true, true, 132),
    (true, ["COLUMNS": "x"], true, true, 80),
  ])
  func decides(
    isTerminal: Bool, environment: [String: String], redraws: Bool, colours: Bool, columns: Int
  ) {
    let terminal = Terminal(isTerminal: isTerminal, environment: environment)
    #expect(terminal.redraws == redraws)
    #expect(terminal.colours == colours)
    #expect(terminal.columns == columns)
  }

  @Test func paintsOnlyWhereColoursShow() {
    let plain = Terminal(isTerminal: false, environment: [:])
    let bright = Terminal(isTerminal: true, environment: [:])
    #expect(Colour.red.paint("a", on: plain) == "a")
    #expect(Colour.red.paint("a", on: bright) == "\u{1B}[31ma\u{1B}[0m")
  }
}
