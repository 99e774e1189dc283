import Kernels

/// What a store holds at one version, to be written while the store goes on.
///
/// Rows stay in the table until they change; what is small is copied at once. `begin` and `release`
/// are called between steps by the thread that drives them, `take` and `close` by one other thread.
public final class StoreCapture: @unchecked Sendable {
  // Unchecked: copies are written in `begin` alone, before the reading thread gets the capture.

  /// The version that is captured.
  public private(set) var version = 0
  /// The dense weights at this version.
  public let weights: Floats
  /// The optimizer's numbers for them, as in `DenseParameters.state`.
  public let denseState: Floats
  /// The running means and variances at this version.
  public let statistics: Floats
  private unowned let store: ParameterStore
  private let rows: RowCapture

  /// Reserves the copies of all that is not in rows.
  init(_ store: ParameterStore, rows: RowCapture) {
    self.store = store
    self.rows = rows
    weights = Floats(count: store.dense.weights.count)
    denseState = Floats(count: store.dense.state.count)
    statistics = Floats(count: store.statistics.count)
  }

  /// Bytes of the rows that were copied because they changed before they were taken.
  public var keptBytes: Int { rows.keptRows * rows.stride * MemoryLayout<Float>.stride }

  /// Captures the store as it is now.
  public func begin() {
    version = store.version
    weights.copy(from: store.dense.weights)
    denseState.copy(from: store.dense.state)
    statistics.copy(from: store.statistics)
    rows.begin()
  }

  /// Copies rows from row `first` on, `store.rows.rawWidth` numbers each, until `target` is full;
  /// they are as they lay in memory, so perhaps behind the version. Each row is taken once.
  public func take(from first: Int, into target: Floats) {
    rows.take(
      store.rows.memory, first: first, count: target.count / store.rows.rawWidth, into: target)
  }

  /// Says that no more rows will be taken: steps run as if there were no capture.
  public func close() { rows.close() }

  /// Gives the memory of copied rows back, after `close`.
  public func release() { rows.release() }
}
