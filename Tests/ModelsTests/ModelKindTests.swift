import Graph
import Kernels
import Models
import TestSupport
import Testing

/// What holds for every model of the registry.
@Suite struct ModelKindTests {
  private static let schema = FeatureSchema(fieldSizes: [4, 3, 6, 2, 9])

  private func options(outputs: Int = 1) -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = 4
    options.hidden = [10, 6]
    options.outputs = outputs
    return options
  }

  private func training(firstExample: Int) -> Mode {
    .training(
      dropout: Randomness(seed: 2, purpose: .dropout, step: 3), firstExample: firstExample)
  }

  @Test(arguments: ModelKind.allCases, [1, 3])
  func gradientsEqualCentralDifferences(kind: ModelKind, outputs: Int) {
    let program = kind.program(options(outputs: outputs), schema: Self.schema)
    #expect(program.outputWidth == outputs)
    for mode in [.evaluation, training(firstExample: 6)] {
      let trial = ProgramTrial(program, rows: 43, mode: mode)
      for (name, error) in trial.gradientErrors(step: 0.004, smoothness: 5e-3) {
        #expect(error < 1e-2, "\(name)")
      }
    }
  }

  @Test(arguments: ModelKind.allCases)
  func twoWorkspacesGiveTheSameBits(kind: ModelKind) {
    let program = kind.program(options(), schema: Self.schema)
    let trials = (0..<2).map { _ in
      ProgramTrial(program, rows: 50, mode: training(firstExample: 100))
    }
    for trial in trials { trial.backward() }
    #expect(trials[0].workspace.denseGradient.array == trials[1].workspace.denseGradient.array)
    #expect(trials[0].workspace.rowGradients.array == trials[1].workspace.rowGradients.array)
  }

  @Test(arguments: ModelKind.allCases)
  func everyParameterBelongsToOneOperation(kind: ModelKind) {
    let program = kind.program(ModelOptions(), schema: FeatureSchema(fieldSizes: [100, 50, 20]))
    #expect(program.operations.flatMap(\.parameters).map(\.name) == program.parameters.map(\.name))
  }
}
