import Foundation
import Testing

/// Tables of every kind from made-up raw rows to predictions.
@Suite struct PrepareTablesTests {
  struct Table: Sendable, CustomStringConvertible {
    var command: [String]
    var files: [String: String]
    var outputs = 1
    var sizes: [Int]
    var description: String { command.joined(separator: " ") }
  }

  private static let rows = 0..<300
  private static func lines(_ header: String?, _ line: (Int) -> String) -> String {
    ((header.map { [$0] } ?? []) + rows.map(line)).joined(separator: "\n") + "\n"
  }
  private static let avazuFields =
    "hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,"
    + "device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21"

  static let tables = [
    Table(
      command: ["avazu", "--input", "rows"],
      files: [
        "rows": lines("id,click,\(avazuFields)") { row in
          "\(row),\(row % 5 / 4)," + (0..<22).map { "\(row % ($0 + 1))" }.joined(separator: ",")
        }
      ], sizes: (0..<22).map { $0 + 2 }),
    Table(
      command: ["movielens", "--input", "rows", "--classes", "5"],
      files: ["rows": lines(nil) { "\($0 % 20)::\($0 % 33)::\($0 % 5 + 1)::97830\($0)" }],
      outputs: 5, sizes: [20, 33]),
    Table(
      command: ["movielens", "--input", "rows", "--min-count", "2"],
      files: [
        "rows": lines("userId,movieId,rating,timestamp") {
          "\($0 % 20),\($0 % 33),\(Double($0 % 9) / 2 + 0.5),97830\($0)"
        }
      ], sizes: [21, 34]),
    Table(
      command: ["libffm", "--input", "rows", "--fields", "3", "--min-count", "1"],
      files: ["rows": lines(nil) { "\($0 % 2) 0:\($0 % 7):1 2:\($0 % 4):1" }], sizes: [8, 2, 5]),
    Table(
      command: [
        "libsvm", "--input", "rows", "--fields", "2", "--bucket-width", "0.5", "--min-count", "1",
      ], files: ["rows": lines(nil) { "\($0 % 2 * 2 - 1) 1:\(Double($0 % 8) / 4) 2:1" }],
      sizes: [5, 2]),
    Table(
      command: ["libsvm", "--input", "rows", "--field-starts", "1,9", "--hash-buckets", "16"],
      files: ["rows": lines(nil) { "\($0 % 2) \($0 % 8 + 1):1 \($0 % 5 + 9):1" }], sizes: [16, 16]),
    Table(
      command: ["csv", "--schema", "table.yaml", "--input", "rows"],
      files: [
        "rows": lines("age,bought,town") {
          "\($0 % 50),\(["no", "yes", "later"][$0 % 3]),\"T, \($0 % 6)\""
        },
        "table.yaml": """
        label: {column: bought, values: [no, yes, later]}
        fields: [town, {name: age, kind: number, width: 10}]
        """,
      ], outputs: 3, sizes: [7, 6]),
    Table(
      command: ["criteo-1tb", "--input", "rows", "--hash-buckets", "100"],
      files: ["rows": RawRows.lines(300)], sizes: Array(repeating: 100, count: 39)),
  ]

  @Test(arguments: tables)
  func fromRawRowsToPredictions(_ table: Table) throws {
    try CommandLineTool.withFolder { folder in
      for (name, text) in table.files {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      let result = try CommandLineTool.run(
        ["prepare"] + table.command + ["--out", "data", "--json"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let prepared = try RawRows.object(result.output)
      #expect(prepared["rows"] as? Int == 300)
      #expect(prepared["fieldSizes"] as? [Int] == table.sizes)
      let counted = try CommandLineTool.run(["models", "--data", "data", "--json"], in: folder)
      let models = try JSONSerialization.jsonObject(with: Data(counted.output.utf8))
      let lr = (models as? [[String: Any]])?.first { $0["name"] as? String == "lr" }
      // For each logit a weight for each value, and a bias.
      let weights = table.outputs * (table.sizes.reduce(0, +) + 1)
      #expect(lr?["parameters"] as? Int == weights)
      let trained = try CommandLineTool.run(
        ["train", "--data", "data", "--out", "run", "--batch-size", "60", "--loss", "autoloss"],
        in: folder)
      #expect(trained.exitCode == 0, "\(trained.errors)")
      let scored = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "rows", "--output", "-"], in: folder)
      #expect(scored.exitCode == 0, "\(scored.errors)")
      let scores = scored.output.split(separator: "\n").map { $0.split(separator: ",").count }
      #expect(scores == Array(repeating: table.outputs, count: 300))
    }
  }

  @Test(arguments: [
    (["movielens", "--input", "rows", "--classes", "4"], 64, "2, 5 or 10"),
    (["libsvm", "--input", "rows"], 64, "--fields or --field-starts"),
    (["libsvm", "--input", "rows", "--field-starts", "1,x"], 64, "whole numbers"),
    (["libsvm", "--input", "rows", "--field-starts", "5,1"], 64, "ascending indices"),
    (["libffm", "--input", "rows", "--fields", "0"], 64, "from 1 to 4096"),
    (["libffm", "--input", "rows", "--fields", "2", "--bucket-width", "0"], 64, "above 0"),
    (["libffm", "--input", "rows", "--fields", "2", "--first", "\(Int.max)"], 64, "--first must"),
    (["libsvm", "--input", "rows", "--fields", "2", "--first", "2147483648"], 64, "--first must"),
    (["csv", "--input", "rows", "--schema", "absent.yaml"], 66, "absent.yaml"),
    (["csv", "--input", "rows", "--schema", "rows"], 78, "rows:1:1"),
    (["avazu", "--input", "rows"], 65, "rows:1"),
    (["movielens", "--input", "rows"], 65, "rows:2"),
    (["criteo", "--input", "rows", "--hash-buckets", "0"], 64, "--hash-buckets"),
    (["criteo", "--input", "rows", "--hash-buckets", "9", "--min-count", "2"], 64, "leave"),
    (["criteo", "--input", "rows", "--hash-buckets", "2000000000"], 64, "together"),
  ])
  func mistakesHaveTheirCode(arguments: [String], code: Int32, message: String) throws {
    try CommandLineTool.withFolder { folder in
      try Data("1::2::3::4\n1::2::3\n".utf8).write(to: folder.appending(path: "rows"))
      let result = try CommandLineTool.run(["prepare"] + arguments + ["--out", "d"], in: folder)
      #expect(result.exitCode == code, "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
