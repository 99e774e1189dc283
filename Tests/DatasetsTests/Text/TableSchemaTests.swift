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

  @Test func otherNamesHaveNoSchema() {
    #expect(TableSchema.named("Criteo") == nil)
    #expect(TableSchema.named("") == nil)
  }
}
