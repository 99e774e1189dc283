import Kernels
import TestSupport
import Testing

@testable import Graph

@Suite struct SumTests {
  private let program = Program(
    tracing: Formula { $0.dense + $0.dense.scaled("a") }, schema: nil, inputWidth: 3)

  @Test func addsNumberByNumber() {
    let trial = ProgramTrial(program, rows: 5)
    let (x, w) = (trial.workspace.inputs, trial.dense)
    let expected = (0..<15).map { x[$0] + x[$0] * w[$0 % 3] }
    #expect(trial.forward() == expected)
  }

  @Test(arguments: [1, 33])
  func gradientsEqualCentralDifferences(rows: Int) {
    for (name, error) in ProgramTrial(program, rows: rows).gradientErrors() {
      #expect(error < 1e-3, "\(name)")
    }
  }

  @Test func widthsThatDifferTrap() async {
    await #expect(processExitsWith: .failure) { _ = Sum(width: 2, otherWidth: 3) }
  }
}
