import Kernels
import Messages
import Optimization

/// The part of the parameters that the server in one seat owns, as it comes from there.
struct SeatContents {
  let store: ParameterStore
  let seat: Int
  let servers: Int

  /// The elements of the dense vector that it owns.
  var owned: Range<Int> { store.dense.range(chunk: seat, of: servers) }

  /// Whether a message has so many rows and, where they were wanted, the dense values.
  func fits(_ contents: Contents, rows: Int, withDense: Bool) -> Bool {
    let owned = withDense ? owned.count : 0
    let statistics = withDense && seat == 0 ? store.statistics.count : 0
    return contents.count(.rows) == rows * store.rows.rawWidth
      && contents.count(.dense) == owned
      && contents.count(.denseState) == store.dense.rule.stateCount * owned
      && contents.count(.statistics) == statistics
  }

  /// Copies the dense values of a message that fits to their places in `values`.
  func copyDense(_ contents: Contents, to values: DenseValues) {
    let owned = owned
    contents.copy(.dense, into: values.weights.slice(owned.lowerBound, owned.count))
    let state = Floats(count: contents.count(.denseState))
    contents.copy(.denseState, into: state)
    store.dense.setState(of: owned, in: values.state, to: state)
    if seat == 0 { contents.copy(.statistics, into: values.statistics) }
  }

  /// What is told of a server whose messages do not fit.
  static func misfit(of server: PeerIdentity) -> Failure {
    Failure(
      "server \(server.shortName) sent another part of the parameters than was asked for",
      remedy: "install the same build on all hosts", exitCode: .internalFault)
  }
}
