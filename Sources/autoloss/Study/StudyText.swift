import Reporting
import Studies

/// The result of a study for people.
enum StudyText {
  /// The table, the differences from the study's own method, what controllers answer, what failed,
  /// and notes.
  static func page(_ table: StudyTable) -> String {
    var parts = [
      (["study \(table.study.rawValue), recipe \(table.recipe)"] + table.settings
        + [table.data.joined(separator: " and ")]).joined(separator: ", "),
      results(table).text,
    ]
    let differences = differences(table)
    if !differences.rows.isEmpty { parts.append(differences.text) }
    let answers = answers(table)
    if !answers.rows.isEmpty { parts.append(answers.text) }
    if !table.failures.isEmpty {
      parts.append(
        (["runs without figures:"]
          + table.failures.map { "  \($0.run): \($0.reason)" }).joined(separator: "\n"))
    }
    parts.append(table.notes.map { "- \($0)" }.joined(separator: "\n"))
    return parts.joined(separator: "\n\n")
  }

  /// Mean ± deviation of each cell, and what was published for it, if anything was for any.
  static func results(_ table: StudyTable) -> ResultTable {
    let hasPublished = table.rows.contains { $0.published != nil }
    var result = ResultTable(
      ["model", "loss", "runs"] + StudyMeasure.allCases.map(\.title)
        + (hasPublished ? ["paper AUC", "paper logloss"] : []))
    for row in table.rows {
      result.add(
        [row.group, row.title, row.planned == 0 ? "" : "\(row.runs) of \(row.planned)"]
          + StudyMeasure.allCases.map { measure in
            row.measures[measure].map { summary($0, measure) } ?? ""
          }
          + (hasPublished ? [row.published?.auc, row.published?.logloss] : []).map { value in
            value.map { Figures.fixed($0, 4) } ?? ""
          })
    }
    return result
  }

  private static func summary(_ summary: StudyTable.Summary, _ measure: StudyMeasure) -> String {
    let mean = Figures.fixed(summary.mean, measure.decimals)
    guard let deviation = summary.deviation else { return mean }
    return "\(mean) ± \(Figures.fixed(deviation, measure.decimals))"
  }

  /// Each method minus the study's own, with both tests.
  static func differences(_ table: StudyTable) -> ResultTable {
    let reference = table.study.reference
    let measures: [StudyMeasure] = [.auc, .logloss, .scaledLogloss]
    var result = ResultTable(
      ["model", "minus \(reference)"]
        + measures.flatMap { ["Δ \($0.title)", "p paired", "p Welch"] })
    for row in table.rows where row.method != reference {
      let pairs = measures.map { measure in
        table.comparisons.first {
          $0.group == row.group && $0.measure == measure
            && Set([$0.first, $0.second]) == [row.method, reference]
        }
      }
      guard pairs.contains(where: { $0?.welch != nil || $0?.paired != nil }) else { continue }
      result.add([row.group, row.title] + pairs.flatMap { cells($0, reference) })
    }
    return result
  }

  /// What controllers answer for each label: the mean over predictions and seeds, and the ends.
  static func answers(_ table: StudyTable) -> ResultTable {
    let labels = (table.rows.flatMap(\.answers).map(\.label).max() ?? -1) + 1
    var result = ResultTable(
      ["model", "loss", "candidate"] + (0..<labels).map { "α of label \($0)" })
    for row in table.rows {
      for first in row.answers where first.label == 0 {
        result.add(
          [row.group, row.title, first.candidate]
            + (0..<labels).map { label in
              let answer = row.answers.first {
                $0.candidate == first.candidate && $0.label == label
              }
              return answer.map {
                "\(Figures.fixed($0.mean, 3)) (\(Figures.fixed($0.least, 2)) to "
                  + "\(Figures.fixed($0.most, 2)))"
              } ?? ""
            })
      }
    }
    return result
  }

  private static func cells(_ pair: StudyTable.Comparison?, _ reference: String) -> [String] {
    guard let pair, let mean = pair.paired?.mean ?? pair.welch?.mean else { return ["", "", ""] }
    let difference = pair.first == reference ? -mean : mean
    return [
      (difference < 0 ? "" : "+") + Figures.fixed(difference, 5)
        + (pair.isSignificant ? " *" : ""),
      probability(pair.paired?.p), probability(pair.welch?.p),
    ]
  }

  /// Three digits; small ones as a power of ten.
  static func probability(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return "" }
    if value >= 0.001 || value == 0 { return Figures.fixed(value, 3) }
    var (factor, power) = (value, 0)
    while factor < 1, power < 300 { (factor, power) = (factor * 10, power + 1) }
    return "\(Figures.fixed(factor, 1))e-\(power)"
  }
}
