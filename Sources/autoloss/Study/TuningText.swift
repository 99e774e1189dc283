import Reporting
import Studies

/// The result of a search for people.
enum TuningText {
  /// Trials that are shown; the file of trials has all.
  static let mostRows = 20

  /// The best trials, and notes.
  static func page(_ table: TuningTable, place: String) -> String {
    let rows = table.finalRows
    var parts = [
      "search by \(table.objective.measure.title) of validation rows, "
        + "\(rows.count) trials of up to \(table.budgets.last ?? 0) steps",
      trials(table).text,
    ]
    var notes = table.notes
    if rows.count > mostRows {
      notes.append("\(rows.count - mostRows) more trials are in trials.csv.")
    }
    let failures = rows.compactMap { row in row.failure.map { "  \(row.trial): \($0)" } }
    if !failures.isEmpty {
      parts.append((["trials that failed:"] + failures).joined(separator: "\n"))
    }
    parts.append(notes.map { "- \($0)" }.joined(separator: "\n"))
    if let best = table.best {
      parts.append("\(best) is the best; its configuration is \(place)")
    }
    return parts.joined(separator: "\n\n")
  }

  /// Each trial with its largest budget, the best first.
  static func trials(_ table: TuningTable) -> ResultTable {
    let measures: [StudyMeasure] = [.auc, .logloss, .scaledLogloss]
    var result = ResultTable(
      ["trial", "bracket", "drawn by", "steps"] + measures.map(\.title) + table.keys)
    for row in table.finalRows.prefix(mostRows) {
      result.add(
        [row.trial, "\(row.bracket)", row.isFromModel ? "model" : "chance", "\(row.steps)"]
          + measures.map { measure in
            row.measures[measure].map { Figures.fixed($0, 5) } ?? ""
          } + row.values)
    }
    return result
  }
}
