/// Rows of texts under a head, in columns; numbers are set to the right.
public struct ResultTable: Sendable, Equatable {
  /// The names of the columns.
  public let head: [String]
  /// The cells, one list a row.
  public private(set) var rows: [[String]] = []

  /// An empty table with these columns.
  public init(_ head: [String]) { self.head = head }

  /// Adds a row with one cell for each column.
  public mutating func add(_ row: [String]) {
    precondition(row.count == head.count, "a row of \(row.count) cells under \(head.count) columns")
    rows.append(row)
  }

  /// Plain text with two spaces between columns and a rule under the head.
  public var text: String {
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    let rule = widths.map { String(repeating: "─", count: $0) }
    return ([head, rule] + rows).map { row in
      let cells = row.indices.map { padded(row[$0], widths[$0], right: isNumeric($0)) }
      return cells.joined(separator: "  ").trimmingTrailingSpaces
    }.joined(separator: "\n")
  }

  /// A column is numeric when all its cells start with a digit or sign.
  private func isNumeric(_ column: Int) -> Bool {
    !rows.isEmpty
      && rows.allSatisfy { row in
        row[column].first.map { $0.isNumber || $0 == "-" || $0 == "+" } ?? true
      }
  }

  private func padded(_ text: String, _ width: Int, right: Bool) -> String {
    let space = String(repeating: " ", count: width - text.count)
    return right ? space + text : text + space
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    lastIndex { $0 != " " }.map { String(self[...$0]) } ?? ""
  }
}
