import Glibc

/// The sockets of a bad link; belongs to the thread that moves its bytes.
final class Link: @unchecked Sendable {
  private struct Connection {
    let near: TCPSocket
    let far: TCPSocket
    var up: Flow
    var down: Flow

    func reset() {
      near.resetAtEnd()
      far.resetAtEnd()
    }
  }

  private let host: UInt32
  private let port: UInt16
  private let target: UInt16
  private let targetHost: UInt32
  private var listener: TCPSocket?
  private var connections: [Connection] = []

  init(_ listener: TCPSocket, host: UInt32, target: UInt16, targetHost: UInt32) {
    (self.listener, self.host, port) = (listener, host, listener.port)
    (self.target, self.targetHost) = (target, targetHost)
    listener.neverWaits()
  }

  /// Resets all connections.
  func resetAll() {
    for connection in connections { connection.reset() }
    connections = []
  }

  /// Waits at most 5 ms for something to do, then does it; `accepted` is told how many connections
  /// came before anything passes on them.
  func move(
    _ faults: LinkFaults, accepted: (Int) -> Void, pass: (Direction, inout [UInt8]) -> Bool
  ) {
    if faults.refuses { listener = nil }
    if !faults.refuses, listener == nil {
      listener = TCPSocket.listening(host: host, port: port)
      listener?.neverWaits()
    }
    wait(faults)
    let before = connections.count
    acceptAll(at: Clock.milliseconds)
    accepted(connections.count - before)
    let now = Clock.milliseconds
    connections = connections.compactMap { connection in
      var connection = connection
      let isWhole =
        Self.move(&connection.up, faults, now, pass)
        && Self.move(&connection.down, faults, now, pass)
      guard isWhole else {
        connection.reset()
        return nil
      }
      return connection.up.isDone && connection.down.isDone ? nil : connection
    }
  }

  private static func move(
    _ flow: inout Flow, _ faults: LinkFaults, _ now: UInt64,
    _ pass: (Direction, inout [UInt8]) -> Bool
  ) -> Bool {
    let direction = flow.direction
    if flow.reads(faults), !flow.read(faults, at: now, change: { pass(direction, &$0) }) {
      return false
    }
    guard let time = flow.writesAt(faults), time <= now else { return true }
    return flow.write(faults, at: now)
  }

  private func acceptAll(at now: UInt64) {
    while let near = listener?.accepted() {
      near.neverWaits()
      guard let far = TCPSocket(port: target, host: targetHost) else {
        // Nobody is there: whoever connects sees it as if it had connected there.
        near.resetAtEnd()
        continue
      }
      far.neverWaits()
      connections.append(
        Connection(
          near: near, far: far, up: Flow(.up, from: near, to: far, at: now),
          down: Flow(.down, from: far, to: near, at: now)))
    }
  }

  /// Waits until a socket can be read, or something is due to be written; a socket that takes
  /// nothing is tried again after 5 ms.
  private func wait(_ faults: LinkFaults) {
    let now = Clock.milliseconds
    var patience = 5
    var polled: [pollfd] = []
    if let listener {
      polled.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
    }
    for connection in connections {
      for flow in [connection.up, connection.down] {
        if flow.reads(faults) {
          polled.append(pollfd(fd: flow.source.descriptor, events: Int16(POLLIN), revents: 0))
        }
        if let time = flow.writesAt(faults), time > now {
          patience = min(patience, Int(time - now))
        }
      }
    }
    _ = unsafe poll(&polled, nfds_t(polled.count), Int32(patience))
  }
}
