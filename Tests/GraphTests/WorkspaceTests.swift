import Graph
import Kernels
import TestSupport
import Testing

@Suite struct WorkspaceTests {
  /// Values with several readers, joined and not, in tiles and whole, with memory to share.
  static let networks: [(name: String, network: Formula)] = [
    ("chain", Formula { $0.dense.scaled("a").scaled("b").scaled("c") }),
    (
      "two readers",
      Formula { inputs in
        let a = inputs.dense.scaled("a")
        return a.scaled("b") + a.scaled("c", runsInTiles: false) + inputs.dense
      }
    ),
    (
      "joined",
      Formula { inputs in
        let a = inputs.dense.scaled("a")
        let b = a.scaled("b", runsInTiles: false)
        return concatenate(a, b, inputs.dense).scaled("c")
      }
    ),
    (
      "joined twice",
      Formula { inputs in
        let a = inputs.dense.scaled("a")
        let first = concatenate(a, a.scaled("b"))
        return concatenate(a, first, first).scaled("c") + concatenate(first, a, first).scaled("d")
      }
    ),
    (
      "twice the same",
      Formula { inputs in
        let a = inputs.dense.scaled("a")
        return a + a
      }
    ),
    (
      "long",
      Formula { inputs in
        (0..<6).reduce(inputs.dense) { value, layer in
          let next = value.scaled("a\(layer)", runsInTiles: layer % 2 == 0)
          return next + value.scaled("b\(layer)", runsInTiles: false)
        }
      }
    ),
  ]

  @Test(arguments: networks.indices, [1, 31, 32, 70])
  func gradientsEqualCentralDifferences(network: Int, rows: Int) {
    let program = Program(
      tracing: Self.networks[network].network, schema: nil, inputWidth: 3)
    for (name, error) in ProgramTrial(program, rows: rows).gradientErrors() {
      #expect(error < 1e-3, "\(Self.networks[network].name): \(name)")
    }
  }

  @Test(arguments: networks.indices)
  func aShorterSliceInAUsedWorkspaceGivesTheSameBits(network: Int) {
    let program = Program(
      tracing: Self.networks[network].network, schema: nil, inputWidth: 3)
    let trial = ProgramTrial(program, rows: 40)
    let fresh = ProgramTrial(program, rows: 9, seed: 2)
    fresh.backward()
    trial.backward()
    trial.workspace.inputs.slice(0, 27).copy(from: fresh.workspace.inputs.slice(0, 27))
    trial.workspace.forward(
      rows: 9, uniqueRows: 0, dense: fresh.dense, statistics: fresh.statistics, mode: .evaluation)
    trial.workspace.outputGradient.slice(0, 9 * program.outputWidth)
      .copy(from: fresh.workspace.outputGradient.slice(0, 9 * program.outputWidth))
    trial.workspace.backward(dense: fresh.dense)
    #expect(trial.workspace.denseGradient.array == fresh.workspace.denseGradient.array)
    #expect(
      trial.workspace.inputGradient.slice(0, 27).array
        == fresh.workspace.inputGradient.slice(0, 27).array)
  }

  @Test func anEmptySliceHasZeroGradients() {
    let program = Program(
      tracing: Self.networks[2].network, schema: FeatureSchema(fieldSizes: [3]), inputWidth: 3)
    let workspace = Workspace(program: program, maximumRows: 4)
    workspace.denseGradient.fill(7)
    workspace.forward(
      rows: 0, uniqueRows: 0, dense: Floats(count: program.denseCount),
      statistics: Floats(count: 0),
      mode: .training(dropout: Randomness(seed: 1, purpose: .dropout), firstExample: 0))
    workspace.backward(dense: Floats(count: program.denseCount))
    #expect(workspace.denseGradient.array.allSatisfy { $0 == 0 })
  }

  @Test func aSliceThatIsTooLongTraps() async {
    await #expect(processExitsWith: .failure) {
      let program = Program(tracing: Formula { $0.dense.scaled("a") }, schema: nil, inputWidth: 1)
      Workspace(program: program, maximumRows: 4).forward(
        rows: 5, uniqueRows: 0, dense: Floats(count: 1), statistics: Floats(count: 0),
        mode: .evaluation)
    }
  }
}
