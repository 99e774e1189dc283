import Testing

@testable import Optimization
@testable import Training

@Suite struct GradientFailureTests {
  @Test(
    arguments: [
      (.row(id: 12, lane: 3), "the gradient of row 12, lane 3,"),
      (.dense(index: 9, part: "mlp.mlp.0.weight"), "the gradient of mlp.mlp.0.weight (element 9)"),
      (.statistic(index: 4), "batch statistic 4"),
    ] as [(GradientError.Place, String)])
  func saysWhereTheNumberStands(place: GradientError.Place, spot: String) {
    let failure = Failure(GradientError(step: 7, slice: 2, place: place))
    #expect(failure.what == "\(spot) is not finite; nothing of this step was applied")
    #expect(failure.place == "step 7, slice 2")
    #expect(failure.exitCode == .internalFault)
  }
}
