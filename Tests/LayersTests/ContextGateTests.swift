import Foundation
import Graph
import Kernels
import Layers
import TestSupport
import Testing

/// Gates, masks and the activations they are made of.
@Suite struct ContextGateTests {
  struct Formula: Network {
    let formula: @Sendable (Inputs) -> Node
    func callAsFunction(_ inputs: Inputs) -> Node { formula(inputs) }
  }

  private func trial(_ formula: @escaping @Sendable (Inputs) -> Node) -> ProgramTrial {
    ProgramTrial(
      Program(
        tracing: Formula(formula: formula), schema: FeatureSchema(fieldSizes: [3, 5])), rows: 40)
  }

  private func expected(
    _ trial: ProgramTrial, _ definition: (PlainModel, [Double]) -> [Double]
  ) -> [Double] {
    let plain = PlainModel(trial)
    return (0..<trial.rows).flatMap { example in
      definition(
        plain, plain.vectors("embedding.embedding.weight", example: example).flatMap { $0 })
    }
  }

  @Test func aGateWeightsByTwiceTheSigmoid() {
    let trial = trial { inputs in
      let embedded = Embedding(width: 4)(inputs)
      return ContextGate(hidden: 5, name: "g")(
        embedded, context: FieldSelection([1])(embedded))
    }
    let expected = expected(trial) { plain, e in
      let hidden = plain.linear("g.0", Array(e[4...])).map { max(0, $0) }
      return zip(e, plain.linear("g.2", hidden)).map { $0 * 2 / (1 + exp(-$1)) }
    }
    #expect(relativeError(trial.forward(), expected) < 2e-6)
  }

  @Test func aMaskMultipliesTheInputsOfALayer() {
    let trial = trial { inputs in
      let embedded = Embedding(width: 4)(inputs)
      let other = Linear(outputs: 7, name: "x")(embedded)
      return MaskBlock(ratio: 1.5, outputs: 5, name: "m")(other, embedded: embedded)
    }
    #expect(
      trial.program.parameters.first { $0.name == "m.mask_layer.0.weight" }?.shape == [12, 8])
    #expect(!trial.program.parameters.contains { $0.name == "m.hidden_layer.0.bias" })
    let expected = expected(trial) { plain, e in
      let inner = plain.linear("m.mask_layer.0", e).map { max(0, $0) }
      let masked = zip(plain.linear("m.mask_layer.2", inner), plain.linear("x", e)).map { $0 * $1 }
      let weight = plain.values("m.hidden_layer.0.weight")
      let sums = (0..<5).map { row in (0..<7).reduce(0) { $0 + weight[row * 7 + $1] * masked[$1] } }
      let mean = sums.reduce(0, +) / 5
      let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
      let (gamma, beta) = (
        plain.values("m.hidden_layer.1.weight"), plain.values("m.hidden_layer.1.bias")
      )
      return (0..<5).map {
        max(0, gamma[$0] * (sums[$0] - mean) / (variance + 1e-5).squareRoot() + beta[$0])
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-4)
  }

  @Test(arguments: [ActivationFunction.rectifier, .sigmoid(scale: 1), .sigmoid(scale: 2)])
  func activationsEqualTheirDefinition(function: ActivationFunction) {
    let trial = trial { Activation(function)(Embedding(width: 9)($0)) }
    let expected = expected(trial) { _, e in
      e.map { value in
        switch function {
        case .rectifier: max(0, value)
        case .sigmoid(let scale): Double(scale) / (1 + exp(-value))
        }
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  @Test func aSigmoidStaysFiniteFarOut() {
    let x = Matrix(Floats([-1e30, -100, 0, 100, 1e30]), rows: 1, columns: 5)
    let y = Matrix(rows: 1, columns: 5)
    ActivationFunction.sigmoid(scale: 2).forward(x, into: y)
    #expect(y.elements == [0, 0, 1, 2, 2])
    ActivationFunction.sigmoid(scale: 2).backward(
      y, gradient: Matrix(Floats([1, 1, 1, 1, 1]), rows: 1, columns: 5), into: x,
      accumulate: false)
    #expect(x.elements == [0, 0, 0.5, 0, 0])
  }
}
