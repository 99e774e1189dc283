import Graph
import Kernels
import TestSupport
import Testing

@Suite struct ConcatenationTests {
  @Test func valuesStandSideBySideCopiedOrInPlace() {
    let program = Program(
      tracing: Formula { inputs in
        let a = inputs.dense.scaled("a")
        return concatenate(inputs.dense, a, inputs.dense + a)
      }, schema: nil, inputWidth: 2)
    let trial = ProgramTrial(program, rows: 3)
    let (x, w) = (trial.workspace.inputs, trial.dense)
    let expected = (0..<3).flatMap { row in
      let values = (0..<2).map { x[row * 2 + $0] }
      let scaled = (0..<2).map { values[$0] * w[$0] }
      return values + scaled + zip(values, scaled).map { $0 + $1 }
    }
    #expect(trial.forward() == expected)
  }
}
