import Testing

@testable import Datasets

@Suite struct RowParserTests {
  private let integers = Array(repeating: "5", count: 13)
  private let categories = Array(repeating: "0000000a", count: 26)

  private func parse(
    _ text: String, classes: Int = 2, labels: LabelPresence = .required
  ) -> ParsedRows {
    let block = LineBlock(capacity: 10_000)
    for (place, byte) in text.utf8.enumerated() { block.memory[place] = byte }
    block.byteCount = text.utf8.count
    block.firstLine = 11
    let rows = ParsedRows(columnCount: 39, byteCount: 10_000)
    RowParser(schema: .criteo, classes: classes, labels: labels).parse(block, into: rows)
    return rows
  }

  @Test(arguments: [
    ("", "NULL"), ("0", "-2"), ("-1", "-3"), ("3", "1"), ("1000000", "190"), ("0003", "1"),
    ("9007199254740991", "1349"),
  ])
  func integersBecomeTokens(_ raw: String, _ token: String) {
    for field in [0, 6, 12] {
      var columns = integers
      columns[field] = raw
      let rows = parse((["1"] + columns + categories).joined(separator: "\t") + "\n")
      #expect(rows.count == 1 && rows.labels[0] == 1)
      #expect(ValueKey.text(rows.column(field)[0]) == Array(token.utf8))
    }
  }

  @Test(arguments: ["", "a", "68fd1e64", "1234567", "\r", "x\ry"], ["\n", "\r\n"])
  func categoriesStayAsTheyAre(_ raw: String, _ end: String) {
    for field in [13, 25, 38] {
      var columns = integers + categories
      columns[field] = raw
      let rows = parse((["0"] + columns).joined(separator: "\t") + end)
      #expect(rows.count == 1 && rows.labels[0] == 0)
      let key = rows.column(field)[0]
      let isLast = field == 38 && end == "\n" && raw == "\r"
      #expect(ValueKey.text(key) == Array((isLast ? "" : raw).utf8))
    }
  }

  @Test func badLinesAreListedBetweenGoodOnes() {
    let good = (["1"] + integers + categories).joined(separator: "\t") + "\n"
    let rows = parse(good + "\n" + good + "x\ty\n" + good)
    #expect(rows.count == 3)
    #expect(rows.badLines.map(\.line) == [12, 14])
    #expect(rows.badLines.map(\.problem) == ["the line is empty", "2 columns instead of 40"])
  }

  @Test func everyCutOfARowIsBad() {
    let good = (["1"] + integers + categories).joined(separator: "\t")
    for length in 1..<good.count - 9 {
      let rows = parse(String(good.prefix(length)) + "\n")
      #expect(rows.count == 0 && rows.badLines.count == 1)
    }
  }

  @Test(arguments: [("0", 5), ("4", 5), ("12", 13), ("007", 8), ("255", 256)])
  func labelsMayBeClasses(_ label: String, _ classes: Int) {
    for labels in [LabelPresence.required, .optional] {
      let text = ([label] + integers + categories).joined(separator: "\t") + "\n"
      let rows = parse(text, classes: classes, labels: labels)
      #expect(rows.count == 1 && Int(rows.labels[0]) == Int(label))
    }
  }

  @Test(arguments: [("5", 5), ("", 5), ("x", 5), ("-1", 5), ("1.5", 5), ("256", 256), ("0001", 5)])
  func labelsOutsideTheClassesAreBad(_ label: String, _ classes: Int) {
    let rows = parse(
      ([label] + integers + categories).joined(separator: "\t") + "\n", classes: classes)
    #expect(rows.count == 0)
    #expect(rows.badLines.map(\.field) == ["label"])
    #expect(
      rows.badLines.map(\.problem) == ["'\(label)' is no class from 0 to \(classes - 1)"])
  }

  /// What is wrong with a row to predict is told of its field, with the label's column or without.
  @Test(arguments: ["1\t", "\t", ""])
  func badFieldsOfRowsToPredictAreNamed(_ label: String) {
    let fields = integers.dropLast() + ["x"] + categories
    let rows = parse(label + fields.joined(separator: "\t") + "\n", labels: .optional)
    #expect(rows.count == 0)
    #expect(rows.badLines.map(\.field) == ["I13"])
    #expect(rows.badLines.map(\.problem) == ["'x' is not an integer of at most 16 digits"])
  }

  @Test(arguments: [("1\t", 1), ("0\t", 0), ("\t", 0), ("", 0)])
  func labelsMayBeOptional(_ label: String, _ value: Int) {
    for first in ["0", "1", "", "17"] {
      let fields = [first] + integers.dropFirst() + categories
      let rows = parse(label + fields.joined(separator: "\t") + "\n", labels: .optional)
      #expect(rows.count == 1)
      #expect(Int(rows.labels[0]) == value)
      #expect(rows.column(0)[0] == parse("1\t" + fields.joined(separator: "\t") + "\n").keys[0])
    }
  }
}
