/// Who reads which value, and which values are written straight into a concatenation.
struct Uses: Sendable {
  /// Where a value lies inside a concatenation.
  struct Join: Sendable {
    let target: Int
    let column: Int
  }

  let output: Int
  /// The value of the dense inputs, if there is one.
  let inputs: Int?
  /// For each value the operations that read it, in order, with repetitions.
  let readers: [[Int]]
  /// For each value the concatenation that it is part of, if it is written in place.
  let joinedInto: [Int: Join]
  let segments: [Plan.Segment]
  private let times: [Int]

  init(_ values: [Trace.Value], output: Int) {
    self.output = output
    inputs = values.firstIndex { $0.operation == nil }
    var readers = [[Int]](repeating: [], count: values.count)
    for (index, value) in values.enumerated() {
      for input in value.inputs { readers[input].append(index) }
    }
    precondition(readers[output].isEmpty, "the output of a network is read inside it")
    for (index, value) in values.enumerated() where index != output {
      precondition(
        !readers[index].isEmpty, "the output of the network does not depend on \(value.form.name)")
    }
    self.readers = readers
    joinedInto = Self.joins(values, readers: readers)
    (segments, times) = Self.segments(values)
  }

  /// The time of the forward of a value's operation.
  func time(_ value: Int) -> Int { times[value] }

  /// The time of the backward that belongs to the forward at `time`.
  func backward(_ time: Int) -> Int { 2 * segments.count - 1 - time }

  /// Whether the gradient of input number `position` of operation `value` was written before: by a
  /// later reader, whose backward comes first, or by an earlier position of the same operation.
  func accumulates(_ value: Int, _ position: Int, of inputs: [Int]) -> Bool {
    let input = inputs[position]
    let isLastReader = readers[input].last == value
    return !isLastReader || inputs[..<position].contains(input)
  }

  /// The memory outside the arena that a value lies in, if any.
  func region(_ value: Int) -> Plan.Region? {
    value == output ? .outputs : value == inputs ? .inputs : nil
  }

  /// The memory outside the arena that a value's gradient lies in, if any.
  func gradientRegion(_ value: Int) -> Plan.Region? {
    value == output ? .outputGradient : value == inputs ? .inputGradient : nil
  }

  /// A value joins a concatenation when that is its last reader: then the concatenation's gradient,
  /// which is written first in the backward, is the first part of the value's own.
  private static func joins(_ values: [Trace.Value], readers: [[Int]]) -> [Int: Join] {
    var joins: [Int: Join] = [:]
    for (index, value) in values.enumerated() where value.form.joinsInputs {
      var column = 0
      for input in value.inputs {
        let isRepeated = readers[input].count { $0 == index } > 1
        if values[input].operation != nil, readers[input].last == index, !isRepeated {
          joins[input] = Join(target: index, column: column)
        }
        column += values[input].form.outputWidth
      }
    }
    return joins
  }

  private static func segments(_ values: [Trace.Value]) -> ([Plan.Segment], [Int]) {
    var segments: [Plan.Segment] = []
    var times: [Int] = []
    var step = 0
    for value in values {
      guard value.operation != nil else {
        times.append(0)
        continue
      }
      if let last = segments.last, last.runsInTiles, value.form.runsInTiles {
        segments[segments.count - 1].operations = last.operations.lowerBound..<step + 1
      } else {
        segments.append(
          Plan.Segment(operations: step..<step + 1, runsInTiles: value.form.runsInTiles))
      }
      times.append(segments.count - 1)
      step += 1
    }
    return (segments, times)
  }
}
