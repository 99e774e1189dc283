import Datasets
import TestSupport
import Testing

@testable import Training

@Suite struct TableSchemaFileTests {
  private func schema(_ yaml: String) throws -> TableSchema {
    try TableSchemaFile.schema(yaml: yaml, named: "table.yaml")
  }

  @Test func theLeastIsALabelAndFields() throws {
    let table = try schema("label: clicked\nfields: [site, advertiser]\n")
    #expect(
      table
        == TableSchema(
          name: "csv", fields: [.init(name: "site"), .init(name: "advertiser")],
          label: LabelRule(column: "clicked"),
          columns: ColumnForm(separators: [","], header: .present, quoted: true)))
  }

  @Test func everyKeyIsRead() throws {
    let table = try schema(
      """
      separator: "|"
      header: false
      quotes: false
      columns: [stars, user, age, price, spare]
      label: {column: stars, first: 1, step: 1, rounding: even}
      fields:
        - {name: user, hashBuckets: 1000}
        - {name: years, column: age, kind: number, width: 5}
        - {name: price, kind: number, edges: [0, 1.5, 10]}
      """)
    #expect(
      table
        == TableSchema(
          name: "csv",
          fields: [
            .init(name: "user", hashBuckets: 1000),
            .init(name: "years", kind: .number, column: "age", width: 5),
            .init(name: "price", kind: .number, edges: [0, 1.5, 10]),
          ], label: LabelRule(column: "stars", first: 1, step: 1, rounding: .even),
          columns: ColumnForm(
            separators: ["|"], header: .absent, names: ["stars", "user", "age", "price", "spare"])))
  }

  @Test(arguments: [
    ("{column: y, above: 3}", LabelRule(column: "y", above: 3)),
    ("{column: y, values: [no, \"yes\", 3]}", LabelRule(column: "y", values: ["no", "yes", "3"])),
    ("{column: y}", LabelRule(column: "y")),
  ])
  func labelsHaveRules(_ yaml: String, _ rule: LabelRule) throws {
    #expect(try schema("fields: [a]\nlabel: \(yaml)\n").label == rule)
  }

  @Test(arguments: [
    ("", "1:1", "expected keys and values"),
    ("- a\n", "1:1", "expected keys and values"),
    ("fields: [a]\n", "1:1", "the key label is missing"),
    ("label: y\nfield: [a]\nfields: [a]\n", "2:1", "unknown key"),
    ("label: y\nfields: a\n", "2:9", "expected a list of fields, found a"),
    ("label: y\nfields: [[a]]\n", "2:10", "fields[0]: expected a column's name"),
    ("label: y\nfields:\n- a\n- {nam: b}\n", "4:3", "the key name is missing"),
    ("label: y\nfields:\n- {name: b, kind: text}\n", "3:19", "expected one of category, number"),
    ("label: y\nfields:\n- {name: b, width: wide}\n", "3:20", "fields[0].width: expected a number"),
    ("label: y\nfields:\n- {name: b, hashBuckets: 1.5}\n", "3:26", "a whole number"),
    ("label: y\nfields:\n- {name: b, edges: 3}\n", "3:20", "a list of numbers, found 3"),
    ("label: y\nfields:\n- {name: b, edgs: [3]}\n", "3:13", "fields[0].edgs: unknown key"),
    ("label: y\nfields: [a]\nheader: maybe\n", "3:9", "expected true or false, found maybe"),
    ("label: [y]\nfields: [a]\n", "1:8", "label: expected the label's column"),
    ("label: y\nlabel: z\nfields: [a]\n", "", "given twice"),
    ("label: {column: y, rounding: off}\nfields: [a]\n", "1:30", "one of up, down, even"),
    ("label: y\nfields: [a\n", "", ""),
    ("label: y\nfields: [a]\nheader: false\n", "1:1", "needs the names of its columns"),
    ("label: y\nfields: [a, a]\n", "", "two fields are called 'a'"),
    ("label: y\nfields: [a]\nseparator: x\n", "", "'x' cannot separate"),
  ])
  func mistakesHaveTheirPlace(_ yaml: String, _ place: String, _ problem: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try schema(yaml) }
    #expect(error.exitCode == .configuration)
    let found = try #require(error.place)
    #expect(
      place.isEmpty ? found.hasPrefix("table.yaml") : found == "table.yaml:\(place)", "\(error)")
    #expect(problem.isEmpty || error.what.contains(problem), "\(error)")
    #expect(!error.remedy.isEmpty)
  }

  @Test func misspeltKeysAreGuessed() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try schema("label: y\nfields: [a]\nseperator: x\n")
    }
    #expect(error.remedy == "did you mean separator?")
  }

  @Test func missingFilesAreNamed() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try TableSchemaFile.read("/nowhere/table.yaml")
    }
    #expect(error.exitCode == .missingInput && error.place == "/nowhere/table.yaml")
  }

  @Test func damagedFilesNeverCrash() {
    let good = """
      separator: ";"
      label: {column: stars, first: 1, step: 1}
      fields: [a, {name: b, kind: number, edges: [0, 1.5]}]
      """
    for trial in 0..<1000 {
      let text = String(decoding: mutate(Array(good.utf8), trial: trial), as: UTF8.self)
      _ = try? schema(text)
    }
  }
}
