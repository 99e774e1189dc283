import Kernels

/// A network traced and planned once: its parameters, the order of its operations and the place of
/// every value. A `Workspace` executes it, slice by slice.
public final class Program: Sendable {
  /// The categorical fields, if there are any.
  public let schema: FeatureSchema?
  /// Dense inputs per example.
  public let inputWidth: Int
  /// Logits per example.
  public let outputWidth: Int
  /// The named parts of the flat vector of dense parameters.
  public let parameters: [Parameter]
  /// The length of the flat vector of dense parameters.
  public let denseCount: Int
  /// The named parts of a row.
  public let rowParts: [RowPart]
  /// The length of a row.
  public let rowWidth: Int
  /// The named parts of the flat vector of running statistics.
  public let statistics: [Statistic]
  /// The length of the flat vector of running statistics.
  public let statisticsCount: Int
  let plan: Plan

  /// Traces and plans `network` on fields of this schema and `inputWidth` dense inputs.
  ///
  /// Traps when the network does not fit them, or when a part of it does not reach the output.
  public init(tracing network: some Network, schema: FeatureSchema?, inputWidth: Int = 0) {
    let trace = Trace(schema: schema)
    let output = network(Inputs(trace: trace, denseWidth: inputWidth))
    precondition(output.trace === trace, "the network returned a value of another network")
    self.schema = schema
    self.inputWidth = inputWidth
    outputWidth = output.width
    parameters = trace.parameters
    denseCount = trace.denseCount
    rowParts = trace.rowParts
    rowWidth = trace.rowWidth
    statistics = trace.statistics
    statisticsCount = trace.statisticsCount
    plan = Plan(trace.values, output: output.index)
  }

  /// Arithmetic and memory traffic per example.
  public var cost: OperationCost {
    plan.steps.map(\.form.cost).reduce(OperationCost(), +)
  }

  /// The operations in order, each with what export needs.
  public var operations: [OperationForm] { plan.steps.map(\.form) }

  /// Start values of the dense parameters; element k of parameter p is lane k of example p.
  public func startDense(_ randomness: Randomness) -> Floats {
    let dense = Floats(count: denseCount)
    for (number, parameter) in parameters.enumerated() {
      for lane in 0..<parameter.count {
        dense[parameter.offset + lane] = parameter.initialisation.value(
          randomness, example: number, lane: lane)
      }
    }
    return dense
  }

  /// Start values of the running statistics.
  public func startStatistics() -> Floats {
    let values = Floats(count: statisticsCount)
    for statistic in statistics {
      values.slice(statistic.offset, statistic.width).fill(statistic.startValue)
    }
    return values
  }
}
