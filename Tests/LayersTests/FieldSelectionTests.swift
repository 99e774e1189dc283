import Graph
import Kernels
import Layers
import TestSupport
import Testing

/// Selected fields, and a vector that no field has.
@Suite struct FieldSelectionTests {
  private struct Selection: Network {
    let fields: [Int]
    func callAsFunction(_ inputs: Inputs) -> Node {
      FieldSelection(fields)(Embedding(width: 3)(inputs))
    }
  }

  private struct Learned: Network {
    func callAsFunction(_ inputs: Inputs) -> Node {
      Embedding(width: 3)(inputs) * LearnedVector(width: 6, name: "v")(inputs.trace)
    }
  }

  private let schema = FeatureSchema(fieldSizes: [3, 5, 4])

  @Test(arguments: [[1], [2, 0], [1, 1], [0, 1, 2]])
  func takesTheVectorsInOrder(fields: [Int]) {
    let program = Program(tracing: Selection(fields: fields), schema: schema)
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let expected = (0..<20).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      return fields.flatMap { e[$0] }
    }
    #expect(trial.forward().map(Double.init) == expected)
    for (name, error) in trial.gradientErrors() { #expect(error < 1e-3, "\(name)") }
  }

  @Test func allFieldsAreNoOperation() {
    let program = Program(tracing: Selection(fields: [0, 1, 2]), schema: schema)
    #expect(program.operations.count == 1)
  }

  @Test func aFieldThatIsNotThereTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Program(tracing: Selection(fields: [3]), schema: FeatureSchema(fieldSizes: [3, 5, 4]))
    }
  }

  @Test func aLearnedVectorIsTheSameForAll() {
    let program = Program(tracing: Learned(), schema: FeatureSchema(fieldSizes: [3, 5]))
    let trial = ProgramTrial(program, rows: 40)
    let plain = PlainModel(trial)
    let vector = plain.values("v")
    let expected = (0..<40).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example).flatMap { $0 }
      return zip(e, vector).map { $0 * $1 }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
    for (name, error) in trial.gradientErrors() { #expect(error < 1e-3, "\(name)") }
    #expect(program.parameters.map(\.initialisation) == [.zeros])
  }
}
