import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct EmbeddingTests {
  private struct Table: Network {
    let embedding: Embedding
    func callAsFunction(_ inputs: Inputs) -> Node { embedding(inputs) }
  }

  @Test func theBoundIsXaviersForTheWholeTable() {
    let schema = FeatureSchema(fieldSizes: [1000, 86810])
    let program = Program(tracing: Table(embedding: Embedding(width: 16)), schema: schema)
    #expect(program.rowParts.map(\.name) == ["embedding.embedding.weight"])
    #expect(program.rowParts.map(\.width) == [16])
    #expect(
      program.rowParts.map(\.initialisation) == [
        .uniform(bound: (6 / Float(87826)).squareRoot())
      ])
    #expect(program.outputWidth == 32)
  }

  @Test func itMayStartNormal() {
    let program = Program(
      tracing: Table(embedding: Embedding(width: 3, standardDeviation: 0.25)),
      schema: FeatureSchema(fieldSizes: [5, 4]))
    #expect(program.rowParts.map(\.initialisation) == [.normal(standardDeviation: 0.25)])
  }

  @Test func vectorsStandSideBySideInTheOrderOfTheFields() {
    let program = Program(
      tracing: Table(embedding: Embedding(width: 3)), schema: FeatureSchema(fieldSizes: [5, 4]))
    let trial = ProgramTrial(program, rows: 6)
    let output = trial.forward()
    for row in 0..<6 {
      for field in 0..<2 {
        let source = Int(trial.workspace.rowIndex[row * 2 + field])
        for lane in 0..<3 {
          #expect(
            output[row * 6 + field * 3 + lane] == trial.workspace.rows[source * 3 + lane])
        }
      }
    }
  }
}
