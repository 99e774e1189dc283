import Kernels

/// One operation at work on some consecutive examples of a slice: what it may read and write.
public struct Pass {
  private let workspace: Workspace
  private let binding: Binding
  private let first: Int
  /// The number of examples.
  public let rows: Int

  init(_ workspace: Workspace, _ binding: Binding, first: Int, rows: Int) {
    self.workspace = workspace
    self.binding = binding
    self.first = first
    self.rows = rows
  }

  /// An input, [rows × its width].
  public func input(_ number: Int) -> Matrix { binding.inputs[number].rows(first, rows) }

  /// The output, [rows × output width].
  public var output: Matrix { binding.output.rows(first, rows) }

  /// The gradient of the output.
  public var outputGradient: Matrix { binding.outputGradient.rows(first, rows) }

  /// Where the gradient of an input goes.
  public func inputGradient(_ number: Int) -> Matrix {
    binding.inputGradients[number].rows(first, rows)
  }

  /// Whether the gradient of an input is added to what is there.
  public func accumulates(_ number: Int) -> Bool { binding.accumulates[number] }

  /// Where the gradient of an input is added up in parts; cleared before, unless it is to be added
  /// to what is there.
  public func startedGradient(_ number: Int) -> Matrix {
    let gradient = inputGradient(number)
    if !accumulates(number) { Elementwise.scale(gradient, by: 0) }
    return gradient
  }

  /// Whether an input of a concatenation lies in its place of the output.
  public func isInPlace(_ number: Int) -> Bool { binding.inPlace[number] }

  /// What is kept per example from the forward to the backward.
  public var savedRows: Matrix { binding.savedRows.rows(first, rows) }

  /// What is kept per slice from the forward to the backward.
  public var saved: Floats { binding.saved }

  /// Memory for use during the call.
  public var scratch: Floats { binding.scratch }

  /// How the slice is computed. In training, `firstExample` is that of row 0 of this pass.
  public var mode: Mode {
    switch workspace.slice.mode {
    case .evaluation: .evaluation
    case .training(let dropout, let firstExample):
      .training(dropout: dropout, firstExample: firstExample + first)
    }
  }

  /// A dense parameter.
  public func parameter(_ parameter: Parameter) -> Floats {
    workspace.slice.dense.slice(parameter.offset, parameter.count)
  }

  /// Where the gradient of a dense parameter goes, added to `parameterFactor` times the old one.
  public func parameterGradient(_ parameter: Parameter) -> Floats {
    workspace.denseGradient.slice(parameter.offset, parameter.count)
  }

  /// 0 for the first examples of a slice, 1 for the others.
  public var parameterFactor: Float { first == 0 ? 0 : 1 }

  /// A running statistic.
  public func statistic(_ statistic: Statistic) -> Floats {
    workspace.slice.statistics.slice(statistic.offset, statistic.width)
  }

  /// Where the slice's own statistic goes.
  public func batchStatistic(_ statistic: Statistic) -> Floats {
    workspace.batchStatistics.slice(statistic.offset, statistic.width)
  }

  /// Which of the slice's rows the features of these examples use.
  public var features: FeatureRows { workspace.features(first, rows) }

  /// The slice's unique rows and those made of lists.
  public var featureRows: Floats { workspace.rows }

  /// Where the gradients of these rows are added up.
  public var featureRowGradients: Floats { workspace.rowGradients }
}
