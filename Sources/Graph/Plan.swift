/// Where every value of a traced network lies, and in which order its operations run.
///
/// Time runs over segments, forward and then backward: segment s of S is at time s in the forward
/// and at 2S − 1 − s in the backward. Values that live at different times share memory.
struct Plan: Sendable {
  /// Neighbouring operations that run together: tile by tile, or one on the whole slice.
  struct Segment: Sendable {
    var operations: Range<Int>
    let runsInTiles: Bool
  }

  /// The memory that a value lies in.
  enum Region: Sendable, Equatable {
    /// From this column of the arena on; a column is one number per example.
    case arena(Int)
    case inputs
    case outputs
    case inputGradient
    case outputGradient
  }

  /// Where a value lies: some columns of a region whose rows are `stride` numbers long.
  struct Place: Sendable, Equatable {
    var region: Region
    var column: Int
    var stride: Int
    let width: Int
  }

  /// One operation and the places of what it reads and writes.
  struct Step: Sendable {
    let operation: any Operation
    let form: OperationForm
    let inputs: [Place]
    let output: Place
    let inputGradients: [Place]
    let outputGradient: Place
    /// For each input, whether something was written to its gradient before.
    let accumulates: [Bool]
    /// For each input of a concatenation, whether it lies in its place of the output.
    let inPlace: [Bool]
    let saved: Place?
    let savedOffset: Int
  }

  let steps: [Step]
  let segments: [Segment]
  /// Columns of the arena: numbers per example.
  let arenaColumns: Int
  /// Numbers per slice, kept from the forward to the backward.
  let savedCount: Int
  /// Numbers of scratch memory, shared by all operations.
  let scratchCount: Int
}

extension Plan {
  init(_ values: [Trace.Value], output: Int) {
    let uses = Uses(values, output: output)
    var arena = Arena()
    let lives = Lifetimes(values, uses: uses)
    for root in values.indices where uses.joinedInto[root] == nil {
      if let life = lives.values[root], uses.region(root) == nil {
        arena.reserve(.value(root), width: values[root].form.outputWidth, life)
      }
      if let life = lives.gradients[root], uses.gradientRegion(root) == nil {
        arena.reserve(.gradient(root), width: values[root].form.outputWidth, life)
      }
    }
    for value in values.indices where values[value].form.savedWidth > 0 {
      let time = uses.time(value)
      arena.reserve(
        .saved(value), width: values[value].form.savedWidth, time...uses.backward(time))
    }
    let columns = arena.place()
    let places = Places(values: values, uses: uses, columns: columns)

    var steps: [Step] = []
    var savedCount = 0
    for (index, value) in values.enumerated() {
      guard let operation = value.operation else { continue }
      steps.append(
        Step(
          operation: operation, form: value.form,
          inputs: value.inputs.map(places.value),
          output: places.value(index),
          inputGradients: value.inputs.map(places.gradient),
          outputGradient: places.gradient(index),
          accumulates: value.inputs.indices.map {
            uses.accumulates(index, $0, of: value.inputs)
          },
          inPlace: value.inputs.map { uses.joinedInto[$0]?.target == index },
          saved: places.saved(index), savedOffset: savedCount))
      savedCount += value.form.savedCount
    }
    self.steps = steps
    segments = uses.segments
    arenaColumns = arena.columnCount
    self.savedCount = savedCount
    scratchCount = values.map(\.form.scratchCount).max() ?? 0
  }
}

/// Looks up where values, gradients and saved numbers lie.
private struct Places {
  let values: [Trace.Value]
  let uses: Uses
  let columns: [Arena.Owner: Int]

  func value(_ value: Int) -> Plan.Place {
    place(value) { uses.region($0) ?? .arena(columns[.value($0)] ?? 0) }
  }

  func gradient(_ value: Int) -> Plan.Place {
    place(value) { uses.gradientRegion($0) ?? .arena(columns[.gradient($0)] ?? 0) }
  }

  func saved(_ value: Int) -> Plan.Place? {
    let width = values[value].form.savedWidth
    return columns[.saved(value)].map {
      Plan.Place(region: .arena($0), column: 0, stride: width, width: width)
    }
  }

  /// The place of `value` in the memory of the value that it is joined into, if any.
  private func place(_ value: Int, _ region: (Int) -> Plan.Region) -> Plan.Place {
    var root = value
    var column = 0
    while let joined = uses.joinedInto[root] {
      column += joined.column
      root = joined.target
    }
    return Plan.Place(
      region: region(root), column: column, stride: values[root].form.outputWidth,
      width: values[value].form.outputWidth)
  }
}
