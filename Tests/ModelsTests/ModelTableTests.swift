import Graph
import Kernels
import Models
import Reporting
import TestSupport
import Testing

/// All models and their forms for both tasks in one table: the largest relative errors against the
/// numbers of the reference (where it has the model), central differences and forward derivatives.
@Suite struct ModelTableTests {
  private static let schema = FeatureSchema(fieldSizes: [4, 3, 6, 2, 9])

  /// The largest error against the reference files of a model, each with the options that it names.
  private func referenceError(_ variant: ModelVariant, outputs: Int) throws -> Double? {
    // Forms of a model have files of their own; they stand with the model.
    guard variant.testDescription == "\(variant.kind)" else { return nil }
    let files = ModelReferenceTests.kinds.filter { $0.value == variant.kind }.keys
    let errors = try files.filter { $0.hasSuffix("_k") == (outputs > 1) }.map {
      try ModelReferenceTests.errors(of: $0).largest
    }
    return errors.max()
  }

  /// The largest errors against central differences and forward derivatives, as in evaluation and
  /// as in training.
  private func derivativeErrors(
    _ variant: ModelVariant, outputs: Int
  ) -> (differences: Double, tangent: Double) {
    let program = variant.kind.program(variant.options(outputs: outputs), schema: Self.schema)
    #expect(program.outputWidth == outputs)
    let training = Mode.training(
      dropout: Randomness(seed: 2, purpose: .dropout, step: 3), firstExample: 6)
    var largest = (differences: 0.0, tangent: 0.0)
    for mode in [.evaluation, training] {
      let trial = ProgramTrial(program, rows: 43, mode: mode)
      largest.differences = max(
        largest.differences, trial.leastGradientErrors().map(\.error).max() ?? .infinity)
      largest.tangent = max(largest.tangent, trial.tangentError())
    }
    return largest
  }

  @Test func allModelsForBothTasks() throws {
    var table = ResultTable([
      "model", "task", "reference", "central differences", "forward derivative",
    ])
    for variant in ModelVariant.all {
      for outputs in [1, 5] {
        let reference = try referenceError(variant, outputs: outputs)
        let derivatives = derivativeErrors(variant, outputs: outputs)
        let task = outputs == 1 ? "binary" : "5 classes"
        table.add(
          [variant.testDescription, task]
            + [reference, derivatives.differences, derivatives.tangent].map(Self.cell))
        let name = "\(variant.testDescription), \(task)"
        #expect((reference ?? 0) < 1e-5, "\(name)")
        #expect(derivatives.differences < 1e-2, "\(name)")
        #expect(derivatives.tangent < 5e-5, "\(name)")
      }
    }
    print(table.text)
    // Each file of the reference stands in one line, and each model has both tasks.
    #expect(Set(ModelVariant.all.map(\.kind)).count == ModelKind.allCases.count)
    #expect(table.rows.count == 2 * ModelVariant.all.count)
  }

  private static func cell(_ error: Double?) -> String {
    error.map { scientific($0) } ?? ""
  }
}
