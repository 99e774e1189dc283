/// The result of a study: a row for each group and method, and every pair of methods compared.
public struct StudyTable: Sendable, Equatable, Codable {
  /// Which study.
  public var study: StudyKind
  /// The recipe of its runs.
  public var recipe: String
  /// What was set for all of them beside the recipe: `key=value`.
  public var settings: [String]
  /// The data.
  public var data: [String]
  /// Rows of tables, group by group.
  public var rows: [Row]
  /// Every pair of methods of a group, by each measure.
  public var comparisons: [Comparison]
  /// The runs that failed, and why.
  public var failures: [Failure]
  /// Sentences about what the figures are.
  public var notes: [String]

  /// A run that has no figures.
  public struct Failure: Sendable, Equatable, Codable {
    /// Its name.
    public var run: String
    /// Why.
    public var reason: String
  }

  /// A method in a group, over its seeds.
  public struct Row: Sendable, Equatable, Codable {
    /// The model, and the data where there are two.
    public var group: String
    /// The method's name in files.
    public var method: String
    /// The method's name for people.
    public var title: String
    /// How many runs have figures.
    public var runs: Int
    /// How many were to be made.
    public var planned: Int
    /// Mean and standard deviation of each measure.
    public var measures: [StudyMeasure: Summary]
    /// What its controller's updates lower on validation rows; nil where nothing is updated there.
    public var objective: String?
    /// What its controllers answer, all seeds together; empty where there are none.
    public var answers: [StudyAnswer]
    /// What was published for the same cell.
    public var published: PublishedFigure?
  }

  /// Mean and deviation of a sample; no deviation for one run.
  public struct Summary: Sendable, Equatable, Codable {
    /// The mean.
    public var mean: Double
    /// The standard deviation.
    public var deviation: Double?
  }

  /// Two methods of a group: first minus second.
  public struct Comparison: Sendable, Equatable, Codable {
    /// The group.
    public var group: String
    /// The method that the other is taken from.
    public var first: String
    /// The method that is taken from it.
    public var second: String
    /// What is compared.
    public var measure: StudyMeasure
    /// Over the seeds that both have; nil for fewer than two.
    public var paired: Difference?
    /// Over all seeds of each; nil for fewer than two.
    public var welch: Difference?
    /// Whether the paired test finds the difference at the level of 5 %.
    public var isSignificant: Bool
  }

  /// The level of significance.
  public static let level = 0.05
  /// Measures that pairs are compared by.
  static let compared: [StudyMeasure] = [.auc, .logloss, .scaledLogloss, .stepMilliseconds]
}

extension StudyTable {
  /// The table of what became of the runs of `plan`; published figures stand beside ours where
  /// labels are of two classes.
  public init(
    _ plan: StudyPlan, _ outcomes: [StudyOutcome], recipe: String, settings: [String] = [],
    classes: Int
  ) {
    study = plan.kind
    self.recipe = recipe
    self.settings = settings
    data = plan.data
    failures = outcomes.compactMap { outcome in
      outcome.failure.map { Failure(run: outcome.run.name, reason: $0) }
    }
    rows = []
    comparisons = []
    notes = [
      "p is two-sided and not corrected for the number of comparisons; * marks p < \(Self.level) "
        + "of the paired test.",
      "The scaled logloss is after a slope and a shift of the logits, fitted on validation rows.",
    ]
    let hasPublished = classes == 2 && plan.kind.isOfThePaper
    if hasPublished { notes.append(PublishedFigures.note) }
    if classes > 2, plan.kind.isOfThePaper { notes.append(PublishedFigures.ratingsNote) }
    notes += plan.kind.notes
    for group in plan.groups {
      let cells = plan.methods(of: group).map { method in
        Cell(method, outcomes.filter { $0.run.group == group && $0.run.method == method })
      }
      let model = plan.runs.first { $0.group == group }?.model ?? group
      rows += cells.map { $0.row(group, model, hasPublished: hasPublished) }
      if hasPublished { rows += Self.publishedRows(plan, group, model) }
      comparisons += Self.pairs(cells, group)
    }
    notes += Self.objectives(rows)
  }

  /// A sentence for each objective that controllers lower.
  private static func objectives(_ rows: [Row]) -> [String] {
    var texts: [String] = []
    for row in rows {
      if let text = row.objective, !texts.contains(text) { texts.append(text) }
    }
    return texts.map { text in
      var titles: [String] = []
      for row in rows where row.objective == text && !titles.contains(row.title) {
        titles.append(row.title)
      }
      return "What is lowered on validation rows: \(text) (\(titles.joined(separator: "; ")))."
    }
  }

  /// Cells of the literature that no run stands for.
  private static func publishedRows(
    _ plan: StudyPlan, _ group: String, _ model: String
  ) -> [Row] {
    let absent = PublishedFigures.absent(plan.kind, among: plan.methods(of: group)).map {
      name, title in
      (name, title, PublishedFigures.paper(model: model, method: name))
    }
    let tuned = [("ce-tuned", "CE, tuned (BARS)", PublishedFigures.tuned(model: model))]
    return (absent + tuned).compactMap { name, title, figure in
      figure.map {
        Row(
          group: group, method: name, title: title, runs: 0, planned: 0, measures: [:],
          answers: [], published: $0)
      }
    }
  }

  private static func pairs(_ cells: [Cell], _ group: String) -> [Comparison] {
    cells.indices.flatMap { first in
      cells.indices.dropFirst(first + 1).flatMap { second in
        compared.map { cells[first].compared(with: cells[second], by: $0, group) }
      }
    }
  }

  /// A method of a group with its runs.
  private struct Cell {
    let method: StudyMethod
    let outcomes: [StudyOutcome]

    init(_ method: StudyMethod, _ outcomes: [StudyOutcome]) {
      (self.method, self.outcomes) = (method, outcomes)
    }

    /// The values of a measure by seed.
    func values(_ measure: StudyMeasure) -> [Int: Double] {
      let known = outcomes.compactMap { outcome in
        outcome.figures.flatMap(measure.value).map { (outcome.run.seed, $0) }
      }
      return Dictionary(uniqueKeysWithValues: known.filter { $0.1.isFinite })
    }

    func row(_ group: String, _ model: String, hasPublished: Bool) -> Row {
      var measures: [StudyMeasure: Summary] = [:]
      for measure in StudyMeasure.allCases {
        let sample = Sample(values(measure).sorted { $0.key < $1.key }.map(\.value))
        if let mean = sample.mean {
          measures[measure] = Summary(mean: mean, deviation: sample.deviation)
        }
      }
      return Row(
        group: group, method: method.name, title: method.title,
        runs: outcomes.count { $0.figures != nil }, planned: outcomes.count, measures: measures,
        objective: outcomes.lazy.compactMap(\.objective).first, answers: answers,
        published: hasPublished
          ? PublishedFigures.paper(model: model, method: method.name) : nil)
    }

    /// What the controllers of all seeds answer, candidate by candidate.
    private var answers: [StudyAnswer] {
      let found = outcomes.compactMap { $0.figures?.answers }
      return (found.first ?? []).compactMap { sample in
        StudyAnswer.joined(
          found.flatMap(\.self).filter {
            $0.candidate == sample.candidate && $0.label == sample.label
          })
      }
    }

    func compared(with other: Cell, by measure: StudyMeasure, _ group: String) -> Comparison {
      let (ours, theirs) = (values(measure), other.values(measure))
      let shared = ours.keys.filter { theirs[$0] != nil }.sorted()
      let paired = Difference.paired(
        shared.compactMap { ours[$0] }, shared.compactMap { theirs[$0] })
      return Comparison(
        group: group, first: method.name, second: other.method.name, measure: measure,
        paired: paired,
        welch: Difference.welch(
          ours.sorted { $0.key < $1.key }.map(\.value),
          theirs.sorted { $0.key < $1.key }.map(\.value)),
        isSignificant: (paired?.p ?? 1) < StudyTable.level)
    }
  }
}
