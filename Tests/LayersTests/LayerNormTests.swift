import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct LayerNormTests {
  private struct Norm: Network {
    let width: Int
    let isByField: Bool
    let rectifies: Bool
    func callAsFunction(_ inputs: Inputs) -> Node {
      let layer = LayerNorm(name: "n", rectifies: rectifies)
      let embedded = Embedding(width: width)(inputs)
      return isByField ? layer.eachField(of: embedded) : layer(embedded)
    }
  }

  private func trial(
    width: Int, byField: Bool, rectifies: Bool = false, rows: Int = 40
  ) -> ProgramTrial {
    ProgramTrial(
      Program(
        tracing: Norm(width: width, isByField: byField, rectifies: rectifies),
        schema: FeatureSchema(fieldSizes: [3, 5, 4])), rows: rows)
  }

  /// (x − mean) / √(variance + 10⁻⁵).
  private func normal(_ x: [Double]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
  }

  @Test(arguments: [2, 5, 16, 23], [(true, false), (false, false), (true, true)])
  func equalsTheDefinition(width: Int, form: (byField: Bool, rectifies: Bool)) {
    let trial = trial(width: width, byField: form.byField, rectifies: form.rectifies)
    let plain = PlainModel(trial)
    let (gamma, beta) = (plain.values("n.weight"), plain.values("n.bias"))
    let expected = (0..<40).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      let values = form.byField ? e.flatMap { normal($0) } : normal(e.flatMap { $0 })
      return values.indices.map { place in
        let value = gamma[place] * values[place] + beta[place]
        return form.rectifies ? max(0, value) : value
      }
    }
    #expect(relativeError(trial.forward(), expected) < 2e-5)
  }

  @Test(arguments: [3, 16, 23], [true, false])
  func gradientsOfSeveralTilesEqualCentralDifferences(width: Int, byField: Bool) {
    let trial = trial(width: width, byField: byField)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors(step: 0.005, smoothness: 5e-3) {
      #expect(error < 5e-3, "\(name)")
    }
  }

  @Test func equalNumbersStayFinite() {
    let trial = trial(width: 4, byField: true, rows: 3)
    trial.workspace.rows.fill(0.25)
    trial.backward()
    #expect(trial.workspace.rowGradients.array.allSatisfy { $0.isFinite })
    let beta = PlainModel(trial).values("n.bias").map { Float($0) }
    #expect(Array(trial.workspace.outputs.array[..<12]) == beta)
  }

  @Test func startsAsTheNormalisationAlone() {
    let parameters = trial(width: 4, byField: true).program.parameters
    #expect(parameters.map { "\($0.name) \($0.shape)" } == ["n.weight [12]", "n.bias [12]"])
    #expect(parameters.map(\.initialisation) == [.constant(1), .zeros])
  }
}
