import Graph
import Testing

@testable import Optimization
@testable import Training

@Suite struct GradientFailureTests {
  private static let schema = FeatureSchema(fieldSizes: [5, 1, 9])

  @Test(
    arguments: [
      (.row(id: 12, lane: 3), "the gradient of row 12 (field C1, value 6), lane 3,"),
      (.dense(index: 9, part: "mlp.mlp.0.weight"), "the gradient of mlp.mlp.0.weight (element 9)"),
      (.statistic(index: 4), "batch statistic 4"),
    ] as [(GradientError.Place, String)])
  func saysWhereTheNumberStands(place: GradientError.Place, spot: String) {
    let names = RowNames(schema: Self.schema, fields: ["I1", "I2", "C1"])
    let failure = Failure(GradientError(step: 7, slice: 2, place: place), names)
    #expect(failure.what == "\(spot) is not finite; nothing of this step was applied")
    #expect(failure.place == "step 7, slice 2")
    #expect(failure.exitCode == .internalFault)
  }

  @Test(
    arguments: [
      (0, "row 0 (field a, value 0)"), (4, "row 4 (field a, value 4)"),
      (5, "row 5 (field b, value 0)"), (6, "row 6 (field 3, value 0)"),
      (14, "row 14 (field 3, value 8)"), (15, "row 15"), (.max, "row 4294967295"),
    ] as [(UInt32, String)])
  func rowsAreNamedByTheirFields(row: UInt32, text: String) {
    #expect(RowNames(schema: Self.schema, fields: ["a", "b"]).text(row) == text)
  }
}
