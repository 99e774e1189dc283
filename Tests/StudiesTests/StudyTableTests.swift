import Foundation
import Testing

@testable import Studies

@Suite struct StudyTableTests {
  static func figures(auc: Double?, logloss: Double = 0.5) -> StudyFigures {
    StudyFigures(
      auc: auc, logloss: logloss, scaledLogloss: logloss - 0.1, calibrationError: 0.01, steps: 10,
      seconds: 2, stepMilliseconds: 200, checksum: "ab")
  }

  /// `table3` of one model with three seeds: AL-1 is .01 behind AutoLoss, give or take, AL-2 is
  /// as good; one run of AL-2 failed.
  static func study(classes: Int = 2) -> (table: StudyTable, outcomes: [StudyOutcome]) {
    let plan = StudyPlan(.table3, .init(models: ["deepfm"], seeds: 3, data: "/data"))
    let outcomes = plan.runs.map { run -> StudyOutcome in
      let base = 0.7 + 0.05 * Double(run.seed)
      switch run.method.name {
      case "al1":
        return StudyOutcome(
          run: run, figures: figures(auc: base - 0.01 + 0.0001 * Double(run.seed)))
      case "al2" where run.seed == 2:
        return StudyOutcome(run: run, failure: "it ended with code 74: the disk is full")
      case "al2": return StudyOutcome(run: run, figures: figures(auc: base))
      default:
        return StudyOutcome(
          run: run, figures: figures(auc: base), objective: "search.upper=paper")
      }
    }
    return (StudyTable(plan, outcomes, recipe: "paper", classes: classes), outcomes)
  }

  @Test func cellsAreMeansOverSeeds() throws {
    let table = Self.study().table
    let row = try #require(table.rows.first { $0.method == "autoloss" })
    let auc = try #require(row.measures[.auc])
    #expect(abs(auc.mean - 0.8) < 1e-12 && abs((auc.deviation ?? 0) - 0.05) < 1e-12)
    #expect(row.runs == 3 && row.planned == 3)
    #expect(row.published == PublishedFigure(auc: 0.8092, logloss: 0.4416))
  }

  /// Seeds differ by far more than methods: pairs see it, two groups do not.
  @Test func pairsAreCompared() throws {
    let table = Self.study().table
    let pair = try #require(
      table.comparisons.first { $0.first == "al1" && $0.second == "autoloss" && $0.measure == .auc }
    )
    #expect(pair.isSignificant && (pair.paired?.p ?? 1) < 1e-3)
    #expect((pair.welch?.p ?? 0) > 0.5 && abs((pair.paired?.mean ?? 0) + 0.0098) < 1e-9)
    // Three methods make three pairs, by four measures.
    #expect(table.comparisons.count == 3 * 4)
  }

  @Test func aFailedRunIsNamedAndItsSeedLeftOutOfPairs() throws {
    let table = Self.study().table
    #expect(table.failures.map(\.run) == ["deepfm-al2-seed2"])
    let row = try #require(table.rows.first { $0.method == "al2" })
    #expect(row.runs == 2 && row.planned == 3)
    let pair = try #require(
      table.comparisons.first { $0.first == "al2" && $0.measure == .auc })
    #expect(pair.paired?.degrees == 1 && pair.paired?.p == 1 && !pair.isSignificant)
  }

  @Test func publishedFiguresAreOfLabels0And1() {
    #expect(Self.study(classes: 5).table.rows.allSatisfy { $0.published == nil })
    #expect(Self.study(classes: 5).table.rows.count == 3)
    #expect(Self.study(classes: 5).table.notes.contains(PublishedFigures.ratingsNote))
    #expect(Self.study().table.rows.last?.title == "CE, tuned (BARS)")
    #expect(Self.study().table.notes.contains(PublishedFigures.note))
  }

  /// Published figures are of other data than planted problems.
  @Test func plantedProblemsStandAlone() {
    let plan = StudyPlan(.planted, .init(seeds: 1, data: "/data"))
    let outcomes = plan.runs.map { StudyOutcome(run: $0, figures: Self.figures(auc: 0.8)) }
    let table = StudyTable(plan, outcomes, recipe: "none", classes: 2)
    #expect(table.rows.count == 25 && table.rows.allSatisfy { $0.published == nil })
    #expect(!table.notes.contains(PublishedFigures.note) && table.data == ["/data"])
    #expect(table.notes.contains(PlantedNoise.symmetric.summary))
  }

  /// The mean of the seeds' means, and the ends of all.
  @Test func answersOfSeedsAreJoined() throws {
    let plan = StudyPlan(.table3, .init(models: ["deepfm"], seeds: 2, data: "/data"))
    let outcomes = plan.runs.map { run in
      var figures = Self.figures(auc: 0.8)
      if run.method.name == "autoloss" {
        figures.answers = (0..<2).map { label in
          let mean = run.seed == 1 ? 0.25 : 0.5
          return StudyAnswer(
            candidate: "ce", label: label, mean: mean, least: mean - 0.125, most: mean + 0.25)
        }
      }
      return StudyOutcome(run: run, figures: figures)
    }
    let table = StudyTable(plan, outcomes, recipe: "paper", classes: 2)
    #expect(table.rows[0].answers.isEmpty)
    #expect(
      table.rows[2].answers
        == (0..<2).map {
          StudyAnswer(candidate: "ce", label: $0, mean: 0.375, least: 0.125, most: 0.75)
        })
  }

  @Test func objectivesAreTold() {
    let table = Self.study().table
    #expect(table.rows.map(\.objective) == [nil, nil, "search.upper=paper", nil])
    #expect(
      table.notes.last == "What is lowered on validation rows: search.upper=paper (AutoLoss).")
  }

  @Test func isReadAsItIsWritten() throws {
    let table = Self.study().table
    let again = try JSONDecoder().decode(StudyTable.self, from: JSONEncoder().encode(table))
    #expect(again == table)
  }

  @Test func aStudyOfNothingButFailuresHasATable() {
    let plan = StudyPlan(.efficiency, .init(seeds: 1, data: "/data"))
    let outcomes = plan.runs.map { StudyOutcome(run: $0, failure: "no") }
    let table = StudyTable(plan, outcomes, recipe: "paper", classes: 5)
    #expect(table.failures.count == plan.runs.count)
    #expect(table.rows.allSatisfy { $0.measures.isEmpty })
    #expect(table.comparisons.allSatisfy { $0.paired == nil && !$0.isSignificant })
  }
}
