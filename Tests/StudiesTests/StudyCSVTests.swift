import Testing

@testable import Studies

@Suite struct StudyCSVTests {
  private func cells(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func rowsHaveAsManyCellsAsTheHead() {
    let (table, outcomes) = StudyTableTests.study()
    for text in [StudyCSV.comparisons(table), StudyCSV.runs(outcomes)] {
      let rows = cells(text)
      #expect(rows.count > 3 && rows.allSatisfy { $0.count == rows[0].count })
      #expect(text.hasSuffix("\n"))
    }
    // "CE, tuned (BARS)" has a comma of its own.
    #expect(cells(StudyCSV.table(table)).dropLast().allSatisfy { $0.count == 19 })
    #expect(StudyCSV.table(table).contains("deepfm,ce-tuned,\"CE, tuned (BARS)\",0,0,"))
  }

  @Test func quotesAreDoubled() {
    var outcome = StudyTableTests.study().outcomes[0]
    outcome.figures = nil
    outcome.failure = "it said \"no\""
    #expect(StudyCSV.runs([outcome]).hasSuffix(",\"it said \"\"no\"\"\"\n"))
  }
}
