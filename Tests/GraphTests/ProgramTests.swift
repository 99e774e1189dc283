import Graph
import Kernels
import TestSupport
import Testing

@Suite struct ProgramTests {
  private let program = Program(
    tracing: Formula { inputs in
      _ = inputs.trace.statistic("mean", width: 2, startValue: 0)
      _ = inputs.trace.statistic("variance", width: 3, startValue: 1)
      return inputs.dense.scaled("a") + inputs.dense.scaled("b")
    }, schema: nil, inputWidth: 4)

  @Test func partsOfTheFlatVectorsFollowEachOther() {
    #expect(program.parameters.map(\.name) == ["a", "b"])
    #expect(program.parameters.map(\.offset) == [0, 4])
    #expect(program.denseCount == 8)
    #expect(program.statistics.map(\.offset) == [0, 2])
    #expect(program.statisticsCount == 5)
    #expect(program.outputWidth == 4)
  }

  @Test func startValuesAreThoseOfTheParts() {
    #expect(program.startStatistics().array == [0, 0, 1, 1, 1])
    let randomness = Randomness(seed: 1, purpose: .weights)
    let dense = program.startDense(randomness)
    #expect(
      dense[6] == Initialisation.uniform(bound: 1).value(randomness, example: 1, lane: 2))
  }

  @Test func costsAreThoseOfTheOperations() {
    #expect(program.cost.forwardFlops == 12)
    #expect(program.cost.backwardFlops == 16)
  }

  @Test func theSummaryNamesOperationsAndTotals() {
    let lines = program.summary().split(separator: "\n")
    #expect(lines.count == 3 + 2 + 3)
    #expect(lines.contains { $0.contains("Scale b") && $0.contains("[rows, 4]") })
    #expect(Set(lines.prefix(4).map(\.count)).count == 1, "columns are aligned")
  }

  @Test func whatDoesNotReachTheOutputTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Program(
        tracing: Formula { inputs in
          _ = inputs.dense.scaled("a")
          return inputs.dense.scaled("b")
        }, schema: nil, inputWidth: 1)
    }
  }

  @Test func aNameUsedTwiceTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Program(
        tracing: Formula { $0.dense.scaled("a").scaled("a") }, schema: nil, inputWidth: 1)
    }
  }
}
