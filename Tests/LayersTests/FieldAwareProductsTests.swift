import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct FieldAwareProductsTests {
  private struct Pairs: Network {
    let isSum: Bool
    func callAsFunction(_ inputs: Inputs) -> Node {
      let layer = FieldAwareProducts(width: 3)
      return isSum ? layer.sum(inputs) : layer(inputs)
    }
  }

  private let schema = FeatureSchema(fieldSizes: [3, 5, 4, 2])

  @Test(arguments: [false, true])
  func pairsMeetInTheVectorsForEachOthersField(isSum: Bool) {
    let trial = ProgramTrial(Program(tracing: Pairs(isSum: isSum), schema: schema), rows: 40)
    let plain = PlainModel(trial)
    let expected = (0..<40).flatMap { example in
      // forField[j][i] is the vector that field i's feature keeps for field j.
      let forField = (0..<4).map {
        plain.vectors("ffm.embeddings.\($0).weight", example: example)
      }
      var products: [Double] = []
      for i in 0..<4 {
        for j in i + 1..<4 {
          products += zip(forField[j][i], forField[i][j]).map { $0 * $1 }
        }
      }
      return isSum ? [products.reduce(0, +)] : products
    }
    #expect(relativeError(trial.forward(), expected, absolute: 1e-6) < 1e-6)
  }

  @Test func aRowHoldsOneVectorForEachField() {
    let program = Program(tracing: Pairs(isSum: true), schema: schema)
    #expect(program.rowParts.map(\.name) == (0..<4).map { "ffm.embeddings.\($0).weight" })
    #expect(program.rowParts.map(\.offset) == [0, 3, 6, 9])
    let bound = (6 / Float(14 + 3)).squareRoot()
    #expect(program.rowParts.allSatisfy { $0.initialisation == .uniform(bound: bound) })
  }
}
