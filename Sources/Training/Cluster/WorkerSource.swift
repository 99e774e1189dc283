import Messages

/// Where a message to a worker comes from.
enum WorkerSource: Equatable, CustomStringConvertible {
  /// The coordinator's control socket.
  case control
  /// The coordinator's data socket, where servers own the parameters.
  case controller
  /// The owner of parameters in this seat; without servers the coordinator's data socket.
  case owner(Int)

  var description: String {
    switch self {
    case .control, .controller: "the coordinator"
    case .owner(let seat): "the owner of parameters in seat \(seat)"
    }
  }

  /// Whether such a message belongs there. Who owns parameters may not welcome, lease or stop: it
  /// would lead workers away from the coordinator that alone decides.
  func sends(_ body: Body) -> Bool {
    switch body {
    case .welcome, .refuse, .lease, .wait, .stop, .cause: self == .control
    case .rows: self != .control
    case .acknowledge, .reject: self != .controller
    case .probe: true
    case .hello, .leaseRequest, .pull, .push, .heartbeat, .failure, .bye, .assign, .state,
      .commit, .fetch, .contents, .restore, .delivered, .inquire, .status, .answer:
      false
    }
  }
}
