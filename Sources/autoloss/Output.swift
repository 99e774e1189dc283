import Foundation
import Reporting
import Training

/// Results, the only thing on stdout.
enum Output {
  /// Writes text and a line end.
  static func line(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw Failure(
        "the result could not be written to stdout", remedy: "check the pipe or disk behind it",
        exitCode: .inputOutput)
    }
  }

  /// Writes entries as a JSON list, or as a table with one row for each.
  static func list<Entry: Encodable>(
    _ entries: [Entry], json: Bool, head: [String], row: (Entry) -> [String]
  ) throws {
    if json { return try Output.json(entries) }
    var table = ResultTable(head)
    for entry in entries { table.add(row(entry)) }
    try line(table.text)
  }

  /// Writes a value as one line of JSON.
  static func json(_ value: some Encodable) throws { try line(JSONText.line(value)) }
}
