import Datasets
import Foundation
import Kernels
import Yams

/// Reads the YAML file that describes a table of columns; docs/data.md explains its keys.
public enum TableSchemaFile {
  /// Throws with code 66 when the file is missing, else with 78 and `file:line:column`.
  public static func read(_ path: String) throws(ConfigurationError) -> TableSchema {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ConfigurationError(
        key: nil, problem: "no such description of a table", place: path,
        remedy: "check the path after --schema", exitCode: .missingInput)
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ConfigurationError(
        key: nil, problem: "the description of the table is not readable UTF-8 text", place: path,
        remedy: "check the path after --schema")
    }
    return try schema(yaml: text, named: path)
  }

  /// The table that YAML text describes; `name` stands in errors.
  static func schema(yaml: String, named name: String) throws(ConfigurationError) -> TableSchema {
    guard let root = try YAMLText.compose(yaml, named: name), case .mapping(let mapping) = root
    else {
      throw ConfigurationError(
        key: nil, problem: "expected keys and values", place: "\(name):1:1",
        remedy: "write at least `label: clicked` and `fields: [site, advertiser]`")
    }
    var keys = try TableKeys(mapping, path: "", at: root, file: name)
    let separator = try keys.text("separator") ?? ","
    let header = try keys.flag("header") ?? true
    let quoted = try keys.flag("quotes") ?? (separator != "\t")
    let names = try keys.texts("columns") ?? []
    let label = try keys.required("label").map(Self.label)
    let fields = try keys.required("fields").items("a list of fields")
    try keys.finish()
    let schema = TableSchema(
      name: "csv",
      fields: try fields.map { entry throws(ConfigurationError) in try field(entry) },
      label: label,
      columns: ColumnForm(
        separators: [separator], header: header ? .present : .absent, names: header ? [] : names,
        quoted: quoted))
    if !header && names.isEmpty {
      throw ConfigurationError(
        key: "columns", problem: "a table without header needs the names of its columns",
        place: "\(name):1:1", remedy: "add `columns: [clicked, site, advertiser]`, in order")
    }
    if let problem = schema.problem {
      throw ConfigurationError(
        key: nil, problem: problem, place: name, remedy: "correct the description of the table")
    }
    return schema
  }

  private static func label(_ entry: TableEntry) throws(ConfigurationError) -> LabelRule {
    if let name = entry.scalar { return LabelRule(column: name) }
    var keys = try entry.keys("the label's column, or keys and values")
    let rule = LabelRule(
      column: try keys.required("column").text(), above: try keys.number("above"),
      first: try keys.number("first"), step: try keys.number("step"),
      rounding: try keys.choice("rounding", LabelRule.Rounding.allCases),
      values: try keys.texts("values"))
    try keys.finish()
    return rule
  }

  private enum Kind: String, CaseIterable { case category, number }

  private static func field(_ entry: TableEntry) throws(ConfigurationError) -> TableSchema.Field {
    if let name = entry.scalar { return TableSchema.Field(name: name) }
    var keys = try entry.keys("a column's name, or keys and values")
    let kind = try keys.choice("kind", Kind.allCases) ?? .category
    let field = TableSchema.Field(
      name: try keys.required("name").text(), kind: kind == .number ? .number : .category,
      column: try keys.text("column"), width: try keys.number("width"),
      edges: try keys.numbers("edges"), hashBuckets: try keys.integer("hashBuckets"),
      list: try keys.entry("list").map { entry throws(ConfigurationError) in try list(entry) })
    try keys.finish()
    return field
  }

  private static func list(_ entry: TableEntry) throws(ConfigurationError) -> ListForm {
    var keys = try entry.keys("keys and values such as {separator: \"|\", maximum: 5}")
    let form = ListForm(
      separator: try keys.required("separator").text(),
      maximum: try keys.required("maximum").wholeNumber(),
      pooling: try keys.choice("pooling", ValueList.Pooling.allCases) ?? .mean,
      excess: try keys.choice("excess", ListForm.Excess.allCases) ?? .refuse)
    try keys.finish()
    return form
  }
}
