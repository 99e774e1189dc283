/// A model: layers and one formula from inputs to logits.
public protocol Network: Sendable {
  /// The logits, one row of `outputWidth` numbers per example; records the formula.
  func callAsFunction(_ inputs: Inputs) -> Node
}

/// The symbolic inputs of a network.
public struct Inputs {
  /// The recording; layers declare their parameters in it.
  public let trace: Trace
  private let denseInputs: Node?

  init(trace: Trace, denseWidth: Int) {
    self.trace = trace
    denseInputs = denseWidth > 0 ? trace.recordInputs(width: denseWidth) : nil
  }

  /// The dense inputs; traps when the network has none.
  public var dense: Node {
    guard let denseInputs else { preconditionFailure("the network has no dense inputs") }
    return denseInputs
  }

  /// The categorical fields; traps when the network has none.
  public var schema: FeatureSchema {
    guard let schema = trace.schema else {
      preconditionFailure("the network has no categorical fields")
    }
    return schema
  }
}
