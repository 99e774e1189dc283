import Kernels

/// How a forward treats dropout and batch normalisation.
public enum Mode: Sendable {
  /// No dropout; running statistics normalise.
  case evaluation
  /// Dropout from this stream; the slice's statistics normalise. `firstExample` is the position of
  /// the slice's first row in the global batch.
  case training(dropout: Randomness, firstExample: Int)
}

/// The memory in which one thread executes a program, slice by slice, without allocating.
///
/// `rowIndex` and the three gradient outputs may be set to other memory of the same size, so that a
/// slice's results stay where they are while the thread goes on to another slice.
public final class Workspace {
  /// The program that is executed.
  public let program: Program
  /// The longest slice that fits.
  public let maximumRows: Int
  /// Which of the slice's rows each feature uses, [rows × columns of the schema]; −1 behind the
  /// end of a list (in).
  public var rowIndex: View<Int32>
  /// The slice's unique rows, row u at `u · rowWidth` (in); behind them those made of lists.
  public let rows: Floats
  /// Dense inputs, [rows × inputWidth] (in).
  public let inputs: Floats
  /// Logits, [rows × outputWidth] (out).
  public let outputs: Floats
  /// ∂L/∂logits, already divided by the size of the global batch (in, for the backward).
  public let outputGradient: Floats
  /// ∂L/∂rows of the slice's unique rows (out, overwritten); behind them those made of lists.
  public var rowGradients: Floats
  /// ∂L/∂dense (out, overwritten).
  public var denseGradient: Floats
  /// ∂L/∂inputs, [rows × inputWidth] (out, overwritten).
  public let inputGradient: Floats
  /// The slice's means and unbiased variances, as the flat vector of statistics (out of a training
  /// forward). The unbiased variance of one row is 0; those of an empty slice are the current
  /// running statistics.
  public var batchStatistics: Floats

  /// Rows of a tile: small enough for the activations of a tile to stay in the first caches.
  static let tileRows = 16

  private(set) var slice: Slice
  private var bindings: [Binding] = []
  private let fieldCount: Int
  private let lists: RowLists?
  /// Which row each field uses, where fields have lists.
  private let places: View<Int32>

  /// What a forward was called with; the backward uses the same.
  struct Slice {
    var rows: Int
    var uniqueRows: Int
    var dense: Floats
    var statistics: Floats
    var mode: Mode
    /// The unique rows and those made of lists.
    var allRows = 0
  }

  /// Memory for slices of at most `maximumRows` rows.
  public init(program: Program, maximumRows: Int) {
    precondition(maximumRows > 0, "a workspace needs room for one row at least")
    self.program = program
    self.maximumRows = maximumRows
    let schema = program.schema
    fieldCount = schema?.fieldCount ?? 0
    lists = schema?.rowLists
    places = View(count: lists == nil ? 0 : maximumRows * fieldCount)
    rowIndex = View(count: maximumRows * (schema?.columnCount ?? 0))
    let rowBound = maximumRows * (schema?.rowsPerExample ?? 0)
    rows = Floats(count: rowBound * program.rowWidth)
    rowGradients = Floats(count: rowBound * program.rowWidth)
    inputs = Floats(count: maximumRows * program.inputWidth)
    inputGradient = Floats(count: maximumRows * program.inputWidth)
    outputs = Floats(count: maximumRows * program.outputWidth)
    outputGradient = Floats(count: maximumRows * program.outputWidth)
    denseGradient = Floats(count: program.denseCount)
    batchStatistics = Floats(count: program.statisticsCount)
    slice = Slice(
      rows: 0, uniqueRows: 0, dense: Floats(count: 0), statistics: Floats(count: 0),
      mode: .evaluation)
    bindings = program.plan.bindings(
      maximumRows: maximumRows, inputs: inputs, outputs: outputs, inputGradient: inputGradient,
      outputGradient: outputGradient)
  }

  /// Computes `outputs` of the first `rows` rows and, in training, `batchStatistics`.
  ///
  /// `dense` and `statistics` are the flat vectors; they must not change before the backward.
  public func forward(rows: Int, uniqueRows: Int, dense: Floats, statistics: Floats, mode: Mode) {
    take(
      Slice(rows: rows, uniqueRows: uniqueRows, dense: dense, statistics: statistics, mode: mode))
    forOperations { bindings[$0].operation.forward(pass($0, $1, $2)) }
  }

  /// Sets what is computed.
  private func take(_ slice: Slice) {
    let (rows, uniqueRows) = (slice.rows, slice.uniqueRows)
    precondition(rows >= 0 && rows <= maximumRows, "a slice of \(rows) rows does not fit")
    precondition(
      uniqueRows >= 0 && uniqueRows * program.rowWidth <= self.rows.count,
      "\(uniqueRows) unique rows do not fit")
    check(slice.dense)
    precondition(
      slice.statistics.count == program.statisticsCount,
      "the running statistics have the wrong size")
    self.slice = slice
    makeRowsOfLists()
    if rows == 0, case .training = slice.mode { batchStatistics.copy(from: slice.statistics) }
  }

  private func check(_ dense: Floats) {
    precondition(dense.count == program.denseCount, "the dense parameters have the wrong size")
  }

  /// Computes all gradients from `outputGradient`, for the slice of the last forward.
  public func backward(dense: Floats) {
    check(dense)
    slice.dense = dense
    clearGradients()
    forOperationsBackward { bindings[$0].operation.backward(pass($0, $1, $2)) }
    shareGradientsOfLists()
  }

  /// Row gradients are added up, and nobody writes those of an empty slice.
  private func clearGradients() {
    rowGradients.slice(0, slice.allRows * program.rowWidth).fill(0)
    if slice.rows == 0 { denseGradient.fill(0) }
  }

  @inline(__always)
  private func forOperations(_ body: (_ step: Int, _ first: Int, _ rows: Int) -> Void) {
    guard slice.rows > 0 else { return }
    for segment in program.plan.segments {
      forTiles(segment) { first, count in
        for step in segment.operations { body(step, first, count) }
      }
    }
  }

  private func makeRowsOfLists() {
    slice.allRows =
      lists?.make(
        rows, uniqueRows: slice.uniqueRows, width: program.rowWidth, index: rowIndex,
        places: places, examples: slice.rows) ?? slice.uniqueRows
  }

  private func shareGradientsOfLists() {
    lists?.share(
      rowGradients, uniqueRows: slice.uniqueRows, width: program.rowWidth, index: rowIndex,
      examples: slice.rows)
  }

  /// Which rows the features of `count` examples from `first` on use.
  func features(_ first: Int, _ count: Int) -> FeatureRows {
    let index = lists == nil ? rowIndex : places
    return FeatureRows(
      index: index.slice(first * fieldCount, count * fieldCount), examples: count,
      fields: fieldCount, uniqueRows: slice.allRows, rowWidth: program.rowWidth)
  }

  @inline(__always)
  private func forOperationsBackward(_ body: (_ step: Int, _ first: Int, _ rows: Int) -> Void) {
    guard slice.rows > 0 else { return }
    for segment in program.plan.segments.reversed() {
      forTiles(segment) { first, count in
        for step in segment.operations.reversed() { body(step, first, count) }
      }
    }
  }

  private func pass(_ step: Int, _ first: Int, _ rows: Int) -> Pass {
    Pass(self, bindings[step], first: first, rows: rows)
  }

  private func forTiles(_ segment: Plan.Segment, _ body: (_ first: Int, _ count: Int) -> Void) {
    let tile = segment.runsInTiles ? Self.tileRows : slice.rows
    var first = 0
    while first < slice.rows {
      body(first, min(tile, slice.rows - first))
      first += tile
    }
  }
}

/// Derivatives along a direction, in a workspace of its own for the same program.
extension Workspace {
  /// Computes `outputs` as `forward` does and, into the outputs of `direction`, how fast they move
  /// when the dense parameters move by `denseMotion`, and rows and inputs by those of `direction`.
  ///
  /// The derivative is that of the operations, not a quotient.
  public func forward(
    rows: Int, uniqueRows: Int, dense: Floats, statistics: Floats, mode: Mode,
    along direction: Workspace, denseMotion: Floats
  ) {
    precondition(direction.program === program, "a direction of another program")
    direction.rowIndex = rowIndex
    direction.take(
      Slice(
        rows: rows, uniqueRows: uniqueRows, dense: denseMotion, statistics: statistics,
        mode: mode))
    take(
      Slice(rows: rows, uniqueRows: uniqueRows, dense: dense, statistics: statistics, mode: mode))
    forOperations { step, first, count in
      let (operation, pass) = (bindings[step].operation, pass(step, first, count))
      operation.forward(pass)
      operation.tangent(pass, along: direction.pass(step, first, count))
    }
  }

  /// Computes all gradients as `backward` does and, into those of `direction`, how fast they move
  /// along it when `outputGradient` moves by that of `direction`.
  ///
  /// After a forward along `direction`; traps where an operation is not a `CurvedOperation`.
  public func backward(dense: Floats, along direction: Workspace) {
    check(dense)
    slice.dense = dense
    clearGradients()
    direction.clearGradients()
    forOperationsBackward { step, first, count in
      guard let operation = bindings[step].curved else {
        preconditionFailure("the gradient of an operation is not differentiated")
      }
      let pass = pass(step, first, count)
      operation.backward(pass)
      operation.gradientTangent(pass, along: direction.pass(step, first, count))
    }
    shareGradientsOfLists()
    direction.shareGradientsOfLists()
  }
}
