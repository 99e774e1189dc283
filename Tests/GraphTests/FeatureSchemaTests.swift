import Graph
import Testing

@Suite struct FeatureSchemaTests {
  @Test func rowsOfFieldsFollowEachOther() {
    let schema = FeatureSchema(fieldSizes: [7, 3, 11])
    #expect(schema.offsets == [0, 7, 10])
    #expect(schema.rowCount == 21)
    #expect(schema.fieldCount == 3)
  }

  @Test(arguments: [[], [3, 0]])
  func emptyFieldsTrap(sizes: [Int]) async {
    await #expect(processExitsWith: .failure) { [sizes = sizes as [Int]] in
      _ = FeatureSchema(fieldSizes: sizes)
    }
  }
}
