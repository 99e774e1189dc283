import Foundation
import Testing

/// Small tables of Criteo's form, the same on every machine.
enum RawRows {
  /// `count` lines: label, 13 integers, 26 categories; the label leans on the first category.
  static func lines(_ count: Int, classes: Int = 2) -> String {
    var state: UInt64 = 7
    func draw(_ limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % limit
    }
    var text = ""
    for row in 0..<count {
      let lead = draw(4)
      let label = draw(8) < lead + 1 ? 1 : 0
      // Of more classes a click means the upper half.
      var columns = ["\(classes == 2 ? label : label * (classes / 2) + row % (classes / 2 + 1))"]
      for _ in 0..<13 { columns.append(draw(10) == 0 ? "" : String(draw(50))) }
      columns.append("0000000\(lead)")
      for _ in 1..<26 { columns.append("000000a\(draw(6))") }
      text += columns.joined(separator: "\t") + "\n"
    }
    return text
  }

  /// Writes `raw.tsv` into `folder` and prepares it into `data` there.
  static func prepare(
    in folder: URL, rows: Int = 600, classes: Int = 2
  ) throws -> CommandLineTool.Result {
    try Data(lines(rows, classes: classes).utf8).write(to: folder.appending(path: "raw.tsv"))
    return try CommandLineTool.run(
      [
        "prepare", "criteo", "--input", "raw.tsv", "--out", "data", "--min-count", "2",
        "--classes", "\(classes)", "--json",
      ], in: folder)
  }

  /// Prepares rows and trains one epoch on them into `run`.
  static func train(in folder: URL, loss: String = "fixed:ce") throws {
    _ = try prepare(in: folder)
    let trained = try CommandLineTool.run(
      ["train", "--data", "data", "--out", "run", "--batch-size", "100", "--loss", loss],
      in: folder)
    #expect(trained.exitCode == 0, "\(trained.errors)")
  }

  /// One JSON object.
  static func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
