import Kernels
import Optimization

/// All parameters of a run at one version, handed to the thread that writes a checkpoint while
/// training goes on.
protocol ParameterCapture: AnyObject {
  /// What is not in rows; complete when all rows have been taken.
  var values: DenseValues { get }
  /// Copies rows from row `first` on, `RowTable.rawWidth` numbers each, until `target` is full.
  /// Each row is taken once, in the order of the rows; may wait for them, but not without end.
  func take(from first: Int, into target: Floats) throws
  /// Says that no more rows will be taken.
  func close()
}

/// The parameters of a model that are not in rows, with their optimizer state.
struct DenseValues {
  /// The dense vector.
  let weights: Floats
  /// The optimizer's numbers for it, as in `DenseParameters.state`.
  let state: Floats
  /// The running means and variances.
  let statistics: Floats
}

extension StoreCapture: ParameterCapture {
  var values: DenseValues {
    DenseValues(weights: weights, state: denseState, statistics: statistics)
  }
}

extension ParameterStore {
  /// The values as they are, not copies of them.
  var values: DenseValues {
    DenseValues(weights: dense.weights, state: dense.state, statistics: statistics)
  }
}
