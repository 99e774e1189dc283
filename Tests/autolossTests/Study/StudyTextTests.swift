import Studies
import Testing

@testable import autoloss

@Suite struct StudyTextTests {
  private func table() -> StudyTable {
    let plan = StudyPlan(.table3, .init(models: ["deepfm"], seeds: 2, data: "/data"))
    let outcomes = plan.runs.map { run in
      guard run.method.name != "al2" else {
        return StudyOutcome(run: run, failure: "it ended with code 74")
      }
      let auc = run.method.name == "al1" ? 0.79 : 0.8 + 0.001 * Double(run.seed)
      return StudyOutcome(
        run: run,
        figures: StudyFigures(
          auc: auc, logloss: 0.5, scaledLogloss: nil, calibrationError: nil, steps: 9, seconds: 2,
          stepMilliseconds: 222, checksum: "ab"))
    }
    return StudyTable(plan, outcomes, recipe: "paper", classes: 2)
  }

  @Test func cellsAreMeansWithTheirDeviation() throws {
    let rows = StudyText.results(table()).rows
    #expect(rows.map { $0[1] } == ["AL-1", "AL-2", "AutoLoss", "CE, tuned (BARS)"])
    #expect(rows[2][3] == "0.80150 ± 0.00071" && rows[2].suffix(2) == ["0.8092", "0.4416"])
    #expect(rows[1][2] == "0 of 2" && rows[1][3].isEmpty && rows[3][2].isEmpty)
  }

  @Test func whereNothingIsPublishedThereIsNoColumnForIt() {
    var table = table()
    for index in table.rows.indices { table.rows[index].published = nil }
    let row = StudyText.results(table).rows[2]
    #expect(row.count == 3 + StudyMeasure.allCases.count)
    #expect(!StudyText.page(table).contains("paper AUC"))
    #expect(StudyText.page(self.table()).contains("paper AUC"))
  }

  @Test func theHeadTellsWhatWasSet() {
    var table = table()
    #expect(StudyText.page(table).hasPrefix("study table3, recipe paper, /data\n"))
    table.settings = ["train.epochs=1", "model.linearInit=zeros"]
    #expect(
      StudyText.page(table).hasPrefix(
        "study table3, recipe paper, train.epochs=1, model.linearInit=zeros, /data\n"))
  }

  /// AL-1 minus AutoLoss, whichever of them a comparison names first.
  @Test func differencesAreFromTheStudysOwnMethod() {
    let rows = StudyText.differences(table()).rows
    #expect(rows.map { $0[1] } == ["AL-1"])
    #expect(rows[0][2] == "-0.01150 *" && rows[0][3] == "0.028")
  }

  /// A row for each candidate, a column for each label.
  @Test func answersHaveAColumnForEachLabel() {
    var table = table()
    #expect(StudyText.answers(table).rows.isEmpty)
    table.rows[2].answers = ["ce", "mae"].flatMap { candidate in
      (0..<2).map {
        StudyAnswer(candidate: candidate, label: $0, mean: 0.5, least: 0.25, most: 1)
      }
    }
    let rows = StudyText.answers(table).rows
    #expect(rows.map { $0[2] } == ["ce", "mae"] && rows[0][1] == "AutoLoss")
    #expect(rows[1].suffix(2) == ["0.500 (0.25 to 1.00)", "0.500 (0.25 to 1.00)"])
    #expect(StudyText.page(table).contains("α of label 1"))
  }

  @Test func whatFailedIsNamed() {
    let text = StudyText.page(table())
    #expect(text.contains("deepfm-al2-seed1: it ended with code 74"))
    #expect(text.contains("- p is two-sided"))
  }

  @Test(arguments: [
    (0.5, "0.500"), (0.001, "0.001"), (0.000_42, "4.2e-4"), (0, "0.000"), (.nan, ""), (nil, ""),
  ])
  func probabilitiesAreShort(value: Double?, text: String) {
    #expect(StudyText.probability(value) == text)
  }
}
