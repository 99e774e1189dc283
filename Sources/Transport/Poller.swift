import CZeroMQ

/// What a socket needs from the wait of its thread.
@safe public struct PollNeeds {
  var items: [zmq_pollitem_t] = unsafe []
  /// The longest time until the socket wants to be asked again.
  var limitMilliseconds = Int.max
}

/// A socket that a `Poller` can wait for.
public protocol Pollable: AnyObject {
  /// Sends what waits, and says what to wait for.
  func prepareToWait() -> PollNeeds
}

/// The wait of an edge thread: for its sockets, for other threads, and for a deadline.
public final class Poller {
  private let sockets: [any Pollable]
  private let waker: Waker?

  /// Waits for `sockets`, which this thread owns, and for `waker`.
  public init(_ sockets: [any Pollable], waker: Waker? = nil) {
    self.sockets = sockets
    self.waker = waker
  }

  /// Returns when something may have happened, at the latest after so many milliseconds.
  public func wait(atMostMilliseconds limit: Int) {
    var items: [zmq_pollitem_t] = unsafe []
    var wait = max(0, limit)
    for socket in sockets {
      let needs = socket.prepareToWait()
      unsafe items.append(contentsOf: needs.items)
      wait = min(wait, needs.limitMilliseconds)
    }
    if let waker {
      unsafe items.append(
        zmq_pollitem_t(socket: nil, fd: waker.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    // An interrupted wait returns early, which a caller must expect anyway.
    _ = unsafe zmq_poll(&items, Int32(items.count), wait)
    waker?.clear()
  }
}

extension PollNeeds {
  mutating func add(_ socket: RawSocket, writing: Bool = false) {
    let events = ZMQ_POLLIN | (writing ? ZMQ_POLLOUT : 0)
    unsafe items.append(
      zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(events), revents: 0))
  }
}
