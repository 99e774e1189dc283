import Kernels
import TestSupport
import Testing

@testable import Graph

@Suite struct ProductTests {
  /// Widths with and without full vectors; one value on both sides.
  @Test(arguments: [1, 3, 16, 21], [false, true])
  func multipliesNumberByNumber(width: Int, isSquare: Bool) {
    let program = Program(
      tracing: Formula { inputs in
        let scaled = inputs.dense.scaled("a")
        return scaled * (isSquare ? scaled : inputs.dense)
      }, schema: nil, inputWidth: width)
    let trial = ProgramTrial(program, rows: 33)
    let (x, w) = (trial.workspace.inputs, trial.dense)
    let expected = (0..<33 * width).map { place in
      let scaled = Double(x[place]) * Double(w[place % width])
      return scaled * (isSquare ? scaled : Double(x[place]))
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
    for (name, error) in trial.gradientErrors(step: 0.005) { #expect(error < 2e-3, "\(name)") }
  }

  @Test func widthsThatDifferTrap() async {
    await #expect(processExitsWith: .failure) { _ = Product(width: 2, otherWidth: 3) }
  }
}
