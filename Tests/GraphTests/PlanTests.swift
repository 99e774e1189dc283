import TestSupport
import Testing

@testable import Graph

@Suite struct PlanTests {
  private func plan(_ formula: @escaping @Sendable (Inputs) -> Node) -> Plan {
    Program(tracing: Formula(formula), schema: nil, inputWidth: 4).plan
  }

  @Test func neighboursThatRunInTilesShareASegment() {
    let plan = plan {
      $0.dense.scaled("a").scaled("b").scaled("c", runsInTiles: false)
        .scaled("d", runsInTiles: false).scaled("e").scaled("f")
    }
    #expect(plan.segments.map(\.operations) == [0..<2, 2..<3, 3..<4, 4..<6])
    #expect(plan.segments.map(\.runsInTiles) == [true, false, false, true])
  }

  @Test func gradientsOfALongChainShareMemory() {
    let plan = plan { inputs in
      (0..<10).reduce(inputs.dense) { value, layer in
        value.scaled("a\(layer)", runsInTiles: false)
      }
    }
    // Nine values are kept for the backward; of their nine gradients two live at once, and the
    // first of them when the last value is no longer needed.
    #expect(plan.arenaColumns <= (9 + 2) * 4)
    #expect(plan.arenaColumns >= 9 * 4)
  }

  @Test func whatAConcatenationJoinsLiesInItsPlace() throws {
    let plan = plan { inputs in
      let a = inputs.dense.scaled("a")
      return concatenate(a, a.scaled("b")).scaled("c")
    }
    let joined = try #require(plan.steps.first { $0.form.joinsInputs })
    #expect(joined.inPlace == [true, true])
    #expect(joined.inputs.map(\.region) == [joined.output.region, joined.output.region])
    #expect(joined.inputs.map(\.column) == [0, 4])
    #expect(joined.inputs.allSatisfy { $0.stride == 8 })
  }

  @Test func onlyTheLastConcatenationOfAValueHoldsIt() throws {
    let plan = plan { inputs in
      let a = inputs.dense.scaled("a")
      let first = concatenate(a, inputs.dense)
      return concatenate(first, a).scaled("b")
    }
    let joined = plan.steps.filter { $0.form.joinsInputs }
    #expect(joined.map(\.inPlace) == [[false, false], [true, true]])
  }

  @Test func theFirstGradientOverwritesAndLaterOnesAreAdded() {
    let plan = plan { inputs in
      let a = inputs.dense.scaled("a")
      return a.scaled("b") + a.scaled("c")
    }
    #expect(plan.steps.map(\.accumulates) == [[false], [true], [false], [false, false]])
  }
}
