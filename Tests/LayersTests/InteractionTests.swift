import Graph
import Kernels
import Layers
import TestSupport
import Testing

/// Factorization machine, inner products and scalar weights against their definitions.
@Suite struct InteractionTests {
  private struct Formula: Network {
    let formula: @Sendable (Inputs) -> Node
    func callAsFunction(_ inputs: Inputs) -> Node { formula(inputs) }
  }

  private func trial(_ formula: @escaping @Sendable (Inputs) -> Node) -> ProgramTrial {
    ProgramTrial(
      Program(
        tracing: Formula(formula: formula), schema: FeatureSchema(fieldSizes: [3, 5, 4, 2])),
      rows: 40)
  }

  private func expected(_ trial: ProgramTrial, _ definition: ([Double]) -> [Double]) -> [Double] {
    let plain = PlainModel(trial)
    return (0..<trial.rows).flatMap { example in
      definition(plain.pairs(plain.vectors("embedding.embedding.weight", example: example)))
    }
  }

  @Test func aFactorizationMachineAddsUpThePairs() {
    let trial = trial { FactorizationMachine()(Embedding(width: 5)($0)) }
    #expect(
      relativeError(trial.forward(), expected(trial) { [$0.reduce(0, +)] }, absolute: 1e-6) < 1e-6)
  }

  @Test func biInteractionPoolsThePairsOfEachCoordinate() {
    let trial = trial { BiInteraction()(Embedding(width: 5)($0)) }
    let plain = PlainModel(trial)
    let expected = (0..<trial.rows).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      return (0..<5).map { k in plain.pairs(e.map { [$0[k]] }).reduce(0, +) }
    }
    #expect(relativeError(trial.forward(), expected, absolute: 1e-6) < 1e-6)
  }

  @Test func innerProductsAreThePairs() {
    let trial = trial { InnerProducts()(Embedding(width: 5)($0)) }
    #expect(relativeError(trial.forward(), expected(trial) { $0 }) < 1e-6)
  }

  @Test func scalarWeightsMultiplyAVector() {
    let trial = trial { inputs in
      ScalarWeights(outputs: 3, name: "v")(FactorizationMachine()(Embedding(width: 5)(inputs)))
    }
    let weights = PlainModel(trial).values("v")
    let expected = expected(trial) { pairs in weights.map { $0 * pairs.reduce(0, +) } }
    #expect(relativeError(trial.forward(), expected, absolute: 1e-6) < 1e-6)
  }

  @Test func aValueWithoutOneVectorAFieldTraps() async {
    await #expect(processExitsWith: .failure) {
      let formula = Formula { FactorizationMachine()(FirstOrder(outputs: 3)($0)) }
      _ = Program(tracing: formula, schema: FeatureSchema(fieldSizes: [3, 5]))
    }
  }
}
