import Graph
import Layers
import TestSupport
import Testing

@Suite struct HigherOrderTests {
  private struct Terms: Network {
    let order: Int
    let width: Int
    func callAsFunction(_ inputs: Inputs) -> Node {
      HigherOrder(order: order)(Embedding(width: width)(inputs))
    }
  }

  private let schema = FeatureSchema(fieldSizes: [3, 5, 4, 2])

  @Test func ordersTwoAndThreeAreSumsOverPairsAndTriples() {
    let trial = ProgramTrial(
      Program(tracing: Terms(order: 3, width: 10), schema: schema), rows: 40)
    let plain = PlainModel(trial)
    let expected = (0..<40).map { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      var sum = plain.pairs(e.map { Array($0[..<5]) }).reduce(0, +)
      for i in 0..<4 {
        for j in i + 1..<4 {
          for l in j + 1..<4 {
            sum += (5..<10).reduce(0) { $0 + e[i][$1] * e[j][$1] * e[l][$1] }
          }
        }
      }
      return sum
    }
    #expect(relativeError(trial.forward(), expected, absolute: 1e-6) < 1e-6)
  }

  @Test func aVectorWithoutOnePartForEachOrderTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Program(
        tracing: Terms(order: 3, width: 5), schema: FeatureSchema(fieldSizes: [3, 5]))
    }
  }
}
