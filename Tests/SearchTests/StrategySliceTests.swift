import Kernels
import Testing

@testable import Search

@Suite struct StrategySliceTests {
  @Test func needsALogitAndALabelForEachRow() async {
    await #expect(processExitsWith: .failure) {
      _ = StrategySlice(
        logits: Floats(count: 2), labels: Floats(count: 3), rows: 3, batchRows: 3, seed: 1,
        step: 0, firstExample: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = StrategySlice(
        logits: Floats(count: 0), labels: Floats(count: 0), rows: 0, batchRows: 0, seed: 1,
        step: 0, firstExample: 0)
    }
  }
}
