/// Results of a study as comma-separated values with a head line, numbers as exact as they are.
public enum StudyCSV {
  /// The rows of the table: mean and deviation of each measure, and what was published.
  public static func table(_ table: StudyTable) -> String {
    let head =
      ["group", "method", "title", "runs", "planned"]
      + StudyMeasure.allCases.flatMap { ["\($0.rawValue)Mean", "\($0.rawValue)Deviation"] }
      + ["paperAUC", "paperLogloss"]
    return text(
      head,
      table.rows.map { row in
        [row.group, row.method, row.title, "\(row.runs)", "\(row.planned)"]
          + StudyMeasure.allCases.flatMap { measure in
            [number(row.measures[measure]?.mean), number(row.measures[measure]?.deviation)]
          } + [number(row.published?.auc), number(row.published?.logloss)]
      })
  }

  /// Every pair of methods by every measure.
  public static func comparisons(_ table: StudyTable) -> String {
    text(
      [
        "group", "first", "second", "measure", "difference", "pairedT", "pairedDegrees", "pairedP",
        "welchT", "welchDegrees", "welchP", "significant",
      ],
      table.comparisons.map { pair in
        [pair.group, pair.first, pair.second, pair.measure.rawValue]
          + [number(pair.welch?.mean ?? pair.paired?.mean)]
          + [pair.paired, pair.welch].flatMap { test in
            [number(test?.t), number(test?.degrees), number(test?.p)]
          } + ["\(pair.isSignificant)"]
      })
  }

  /// Every run with its figures or the reason why it has none.
  public static func runs(_ outcomes: [StudyOutcome]) -> String {
    text(
      ["run", "group", "model", "method", "seed", "data", "controllerOf"]
        + StudyMeasure.allCases.map(\.rawValue) + ["steps", "checksum", "failure"],
      outcomes.map { outcome in
        let (run, figures) = (outcome.run, outcome.figures)
        return [run.name, run.group, run.model, run.method.name, "\(run.seed)", run.data]
          + [run.controllerOf ?? ""]
          + StudyMeasure.allCases.map { number(figures.flatMap($0.value)) }
          + [figures.map { "\($0.steps)" } ?? "", figures?.checksum ?? "", outcome.failure ?? ""]
      })
  }

  /// Every trial of a search with every budget, the best of the largest budget first.
  public static func trials(_ table: TuningTable) -> String {
    text(
      ["trial", "bracket", "drawnBy", "steps", "runs"] + StudyMeasure.allCases.map(\.rawValue)
        + ["objective"] + table.keys + ["failure"],
      table.rows.map { row in
        [row.trial, "\(row.bracket)", row.isFromModel ? "model" : "chance", "\(row.steps)"]
          + ["\(row.runs)"] + StudyMeasure.allCases.map { number(row.measures[$0]) }
          + [number(row.loss)] + row.values + [row.failure ?? ""]
      })
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func text(_ head: [String], _ rows: [[String]]) -> String {
    ([head] + rows).map { $0.map(cell).joined(separator: ",") + "\n" }.joined()
  }

  /// A text with a comma, quote or line end stands in quotes (RFC 4180).
  private static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
