import Kernels

/// A recording of a network while it is called on symbolic inputs.
///
/// Layers declare their parameters and record their operations here. A name belongs to one layer
/// and one call: declaring it twice traps.
public final class Trace {
  /// The categorical fields, if there are any.
  public let schema: FeatureSchema?
  private(set) var values: [Value] = []
  private(set) var parameters: [Parameter] = []
  private(set) var rowParts: [RowPart] = []
  private(set) var statistics: [Statistic] = []
  private(set) var denseCount = 0
  private(set) var rowWidth = 0
  private(set) var statisticsCount = 0
  private var dropoutBlocks = 0
  private var names: Set<String> = []

  /// A symbolic value: the dense inputs (no operation), or what an operation makes of others.
  struct Value {
    let operation: (any Operation)?
    let form: OperationForm
    let inputs: [Int]
  }

  init(schema: FeatureSchema?) {
    self.schema = schema
  }

  /// Declares a dense parameter.
  public func parameter(
    _ name: String, shape: [Int], initialisation: Initialisation
  ) -> Parameter {
    declare(name)
    let parameter = Parameter(
      name: name, shape: shape, offset: denseCount, initialisation: initialisation)
    parameters.append(parameter)
    denseCount += parameter.count
    return parameter
  }

  /// Declares a part of every row of the feature table.
  public func rowPart(_ name: String, width: Int, initialisation: Initialisation) -> RowPart {
    declare(name)
    let part = RowPart(name: name, width: width, offset: rowWidth, initialisation: initialisation)
    rowParts.append(part)
    rowWidth += width
    return part
  }

  /// Declares a running statistic.
  public func statistic(_ name: String, width: Int, startValue: Float) -> Statistic {
    declare(name)
    let statistic = Statistic(
      name: name, width: width, offset: statisticsCount, startValue: startValue)
    statistics.append(statistic)
    statisticsCount += width
    return statistic
  }

  /// Reserves the random blocks of a dropout over `width` units; returns the first.
  public func reserveDropout(width: Int) -> Int {
    defer { dropoutBlocks += DropoutMask.blockCount(width: width) }
    return dropoutBlocks
  }

  /// Records an operation on values of this trace.
  public func record(_ operation: some Operation, _ inputs: Node...) -> Node {
    record(operation, inputs)
  }

  /// Records an operation on values of this trace.
  public func record(_ operation: some Operation, _ inputs: [Node]) -> Node {
    precondition(
      inputs.allSatisfy { $0.trace === self }, "an operation on values of different networks")
    let form = operation.form
    values.append(Value(operation: operation, form: form, inputs: inputs.map(\.index)))
    return Node(trace: self, index: values.count - 1, width: form.outputWidth)
  }

  /// Records the dense inputs.
  func recordInputs(width: Int) -> Node {
    let form = OperationForm(name: "Inputs", outputWidth: width)
    values.append(Value(operation: nil, form: form, inputs: []))
    return Node(trace: self, index: values.count - 1, width: width)
  }

  private func declare(_ name: String) {
    precondition(names.insert(name).inserted, "two layers share the name \(name)")
  }
}

/// A symbolic value of a network: one row of `width` numbers per example.
public struct Node {
  /// The recording that the value belongs to.
  public let trace: Trace
  let index: Int
  /// How many numbers the value has per example.
  public let width: Int

  /// The sum, element by element.
  public static func + (a: Node, b: Node) -> Node {
    a.trace.record(Sum(width: a.width, otherWidth: b.width), a, b)
  }
}
