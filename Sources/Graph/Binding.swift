import Kernels

/// An operation with the memory of one workspace that it reads and writes, at full length.
final class Binding {
  let operation: any Operation
  let curved: (any CurvedOperation)?
  let inputs: [Matrix]
  let output: Matrix
  let inputGradients: [Matrix]
  let outputGradient: Matrix
  let accumulates: [Bool]
  let inPlace: [Bool]
  let savedRows: Matrix
  let saved: Floats
  let scratch: Floats

  init(_ step: Plan.Step, saved: Floats, scratch: Floats, matrix: (Plan.Place) -> Matrix) {
    operation = step.operation
    curved = step.operation as? any CurvedOperation
    inputs = step.inputs.map(matrix)
    output = matrix(step.output)
    inputGradients = step.inputGradients.map(matrix)
    outputGradient = matrix(step.outputGradient)
    accumulates = step.accumulates
    inPlace = step.inPlace
    savedRows = step.saved.map(matrix) ?? Matrix(rows: 0, columns: 0)
    self.saved = saved.slice(step.savedOffset, step.form.savedCount)
    self.scratch = scratch.slice(0, step.form.scratchCount)
  }
}

extension Plan {
  /// The operations bound to new memory for `maximumRows` rows and to the given inputs and outputs.
  func bindings(
    maximumRows: Int, inputs: Floats, outputs: Floats, inputGradient: Floats,
    outputGradient: Floats
  ) -> [Binding] {
    // Whole cache lines, so that every block of the arena starts on one.
    let paddedRows = (maximumRows + 15) / 16 * 16
    let arena = Floats(count: arenaColumns * paddedRows)
    let saved = Floats(count: savedCount)
    let scratch = Floats(count: scratchCount)
    return steps.map { step in
      Binding(step, saved: saved, scratch: scratch) { place in
        let memory =
          switch place.region {
          case .arena(let column):
            arena.slice(column * paddedRows, place.stride * paddedRows)
          case .inputs: inputs
          case .outputs: outputs
          case .inputGradient: inputGradient
          case .outputGradient: outputGradient
          }
        return Matrix(memory, rows: maximumRows, columns: place.stride)
          .columns(place.column, place.width)
      }
    }
  }
}
