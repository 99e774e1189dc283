import Foundation
import Testing

@testable import Datasets

@Suite struct TableSchemaTests {
  @Test(arguments: ["criteo", "criteo-1tb"])
  func criteoHasThirteenIntegersAndTwentySixCategories(name: String) throws {
    let schema = try #require(TableSchema.named(name))
    #expect(schema.fieldCount == 39)
    #expect(schema.fields.prefix(13).allSatisfy { $0.kind == .integer })
    #expect(schema.fields.dropFirst(13).allSatisfy { $0.kind == .category })
    #expect(schema.fields.first?.name == "I1" && schema.fields.last?.name == "C26")
    #expect(Set(schema.fields.map(\.name)).count == 39)
  }

  /// One of each kind, with every option.
  static let tables: [TableSchema] = [
    .criteo, .criteoTerabyte, .avazu, .movieLens(classes: 2),
    .movieLens(classes: 5, halfStars: .even),
    .movieLens(classes: 10, sharedID: true), .libffm(fields: 3),
    .libffm(fields: 3, first: 1, width: 2),
    .libsvm(fields: 4), .libsvm(fields: 4, first: 0, width: 0.5), .libsvm(starts: [1, 5, 9]),
    TableSchema.criteo.hashed(into: 100), TableSchema.movieLens(classes: 2).hashed(into: 7),
    TableSchema(
      name: "csv",
      fields: [
        .init(name: "a", column: "A"), .init(name: "b", kind: .number, width: 2),
        .init(name: "c", kind: .number, edges: [1, 2]), .init(name: "d", hashBuckets: 9),
      ], label: LabelRule(column: "y", values: ["no", "yes"]),
      columns: ColumnForm(
        separators: [";"], header: .absent, names: ["A", "b", "c", "d", "y"], quoted: true)),
  ]

  @Test func schemasComeBackFromJSON() throws {
    for table in Self.tables {
      #expect(table.problem == nil)
      let data = try JSONEncoder().encode(table)
      #expect(try JSONDecoder().decode(TableSchema.self, from: data) == table)
    }
  }

  @Test func avazuHasTwentyTwoCategories() {
    #expect(TableSchema.named("avazu") == .avazu && TableSchema.avazu.fieldCount == 22)
    #expect(TableSchema.avazu.fields.allSatisfy { $0.kind == .category })
  }

  private static let plain = TableSchema(
    name: "csv", fields: [.init(name: "a"), .init(name: "b", kind: .number)],
    label: LabelRule(column: "y"), columns: ColumnForm(separators: [","], header: .present))

  struct Impossible: Sendable {
    var problem: String
    var change: @Sendable (inout TableSchema) -> Void

    init(_ problem: String, _ change: @escaping @Sendable (inout TableSchema) -> Void) {
      self.problem = problem
      self.change = change
    }
  }

  static let impossible: [Impossible] = [
    Impossible("no name", { $0.name = "" }),
    Impossible("1 to 4096 fields", { $0.fields = [] }),
    Impossible("no usable name", { $0.fields[0].name = "a\tb" }),
    Impossible("two fields are called 'a'", { $0.fields[1].name = "a" }),
    Impossible("hash buckets, not 0", { $0.fields[0].hashBuckets = 0 }),
    Impossible(
      "hashed values cannot be closed",
      { $0.fields[0] = .init(name: "a", hashBuckets: 3, closed: true) }
    ),
    Impossible("together", { $0 = $0.hashed(into: 1 << 31) }),
    Impossible("only numbers", { $0.fields[0].width = 2 }),
    Impossible("not both", { ($0.fields[1].width, $0.fields[1].edges) = (1, [1]) }),
    Impossible("above 0", { $0.fields[1].width = -1 }),
    Impossible("ascending", { $0.fields[1].edges = [2, 1] }),
    Impossible("columns or sparse", { $0.sparse = SparseForm(fieldAware: true, first: 0) }),
    Impossible("no separator", { $0.columns?.separators = [] }),
    Impossible("'.' cannot separate", { $0.columns?.separators = ["."] }),
    Impossible("cannot separate", { $0.columns?.separators = [""] }),
    Impossible("'a' is used twice", { $0.fields[1].column = "a" }),
    Impossible("'y' is used twice", { $0.fields[1].column = "y" }),
    Impossible(
      "no column 'a'",
      { $0.columns = ColumnForm(separators: [","], header: .absent, names: ["b", "y"]) }
    ),
    Impossible("same name", { $0.columns?.names = ["a", "b", "y", "y"] }),
    Impossible("no name", { $0.label.column = "" }),
    Impossible("one of", { ($0.label.above, $0.label.values) = (1, ["a", "b"]) }),
    Impossible("belong together", { $0.label.first = 1 }),
    Impossible("above 0", { ($0.label.first, $0.label.step) = (1, 0) }),
    Impossible("rounded", { $0.label.rounding = .up }),
    Impossible("2 to 256", { $0.label.values = ["a"] }),
    Impossible(
      "ascending indices",
      { ($0.columns, $0.sparse) = (nil, SparseForm(fieldAware: false, first: 1, starts: [1])) }
    ),
    Impossible(
      "no usable number",
      { ($0.columns, $0.sparse) = (nil, SparseForm(fieldAware: true, first: -1)) }
    ),
  ]

  @Test(arguments: impossible)
  func impossibleSchemasAreNamed(_ impossible: Impossible) {
    var schema = Self.plain
    #expect(schema.problem == nil)
    impossible.change(&schema)
    #expect(schema.problem?.contains(impossible.problem) == true, "\(schema.problem ?? "none")")
  }

  @Test func otherNamesHaveNoSchema() {
    #expect(TableSchema.named("Criteo") == nil)
    #expect(TableSchema.named("") == nil)
  }
}
