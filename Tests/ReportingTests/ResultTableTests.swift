import Testing

@testable import Reporting

@Suite struct ResultTableTests {
  @Test func setsNumbersToTheRight() {
    var table = ResultTable(["loss", "AUC"])
    table.add(["fixed:ce", "0.7812"])
    table.add(["al1", "10.5"])
    #expect(
      table.text == """
        loss         AUC
        ────────  ──────
        fixed:ce  0.7812
        al1         10.5
        """)
  }

  @Test func anEmptyTableIsItsHead() {
    #expect(ResultTable(["a", "bc"]).text == "a  bc\n─  ──")
  }
}
