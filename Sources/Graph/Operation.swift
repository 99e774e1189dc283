/// A whole-slice operation of a traced program: values in, one value out, one row per example.
public protocol Operation: Sendable {
  /// What the planner, the summary and the export need to know.
  var form: OperationForm { get }

  /// Writes the output of the examples of `pass`; allocates nothing.
  func forward(_ pass: Pass)

  /// Writes the gradients of inputs, parameters and rows, given that of the output.
  ///
  /// Gradients of inputs are added when `pass.accumulates` says so, those of parameters to
  /// `pass.parameterFactor` times the old ones, those of rows always. Allocates nothing.
  func backward(_ pass: Pass)

  /// Writes how fast the output of `pass`, which was just computed, moves when inputs, parameters
  /// and rows move as fast as those of `direction`: into the output of `direction`.
  ///
  /// `direction` has memory of its own, saved numbers and scratch too, so an operation that is
  /// linear does with it what `forward` does. Allocates nothing.
  func tangent(_ pass: Pass, along direction: Pass)
}

/// An operation whose backward can be differentiated in its turn.
public protocol CurvedOperation: Operation {
  /// Writes how fast the gradients that the backward of `pass` just wrote move along `direction`,
  /// as gradients of `direction`; its output's gradient says how fast that of `pass` moves.
  func gradientTangent(_ pass: Pass, along direction: Pass)
}

/// What an operation is, apart from how it computes.
public struct OperationForm: Sendable {
  /// The kind and, if it has parameters, their common name, for example "Linear mlp.mlp.0".
  public var name: String
  /// How many numbers the output has per example.
  public var outputWidth: Int
  /// The dense parameters it reads.
  public var parameters: [Parameter] = []
  /// The parts of rows it reads.
  public var rowParts: [RowPart] = []
  /// Arithmetic and memory traffic per example.
  public var cost = OperationCost()
  /// Whether the backward reads the inputs.
  public var keepsInputs = false
  /// Whether the backward reads the output.
  public var keepsOutput = false
  /// Whether some examples can be computed without the others at no loss: neighbouring operations
  /// of this kind run together, tile by tile, so that what one writes the next finds in the cache.
  public var runsInTiles = false
  /// Whether the output is the inputs side by side, so that they may be written in place.
  public var joinsInputs = false
  /// Numbers per example to keep from the forward to the backward.
  public var savedWidth = 0
  /// Numbers per slice to keep from the forward to the backward.
  public var savedCount = 0
  /// Numbers of scratch memory for one call.
  public var scratchCount = 0
  /// The ONNX form, in evaluation mode.
  public var export: [ExportNode] = []

  /// An operation with this name and output; set what else applies.
  public init(name: String, outputWidth: Int) {
    self.name = name
    self.outputWidth = outputWidth
  }
}

/// Arithmetic and memory traffic of an operation or program, per example.
///
/// Bytes count activations and rows, each once; dense parameters are shared by all examples of a
/// slice and left out.
public struct OperationCost: Sendable, Equatable {
  /// Floating-point operations of the forward.
  public var forwardFlops: Double
  /// Floating-point operations of the backward.
  public var backwardFlops: Double
  /// Bytes read and written by the forward.
  public var forwardBytes: Double
  /// Bytes read and written by the backward.
  public var backwardBytes: Double

  /// Numbers of operations, and of floats read or written.
  public init(
    forwardFlops: Int = 0, backwardFlops: Int = 0, forwardFloats: Int = 0, backwardFloats: Int = 0
  ) {
    self.forwardFlops = Double(forwardFlops)
    self.backwardFlops = Double(backwardFlops)
    forwardBytes = 4 * Double(forwardFloats)
    backwardBytes = 4 * Double(backwardFloats)
  }

  /// The cost of both.
  public static func + (a: OperationCost, b: OperationCost) -> OperationCost {
    var sum = a
    sum.forwardFlops += b.forwardFlops
    sum.backwardFlops += b.backwardFlops
    sum.forwardBytes += b.forwardBytes
    sum.backwardBytes += b.backwardBytes
    return sum
  }
}
