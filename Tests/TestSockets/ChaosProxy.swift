import Foundation
import Synchronization

/// A port that leads to another port of this machine over a bad link.
///
/// One thread moves the bytes. All methods may be called from any thread; what they ask for happens
/// within a few milliseconds. Nothing here is left to chance: whoever uses it draws the numbers.
public final class ChaosProxy: Sendable {
  fileprivate struct Orders {
    var faults = LinkFaults()
    /// Connections that were there when the flag was set are reset.
    var resets = false
    var accidents: [(Direction, left: Int, LinkAccident)] = []
    var connections = 0
    var passed: [Direction: Int] = [:]
    var isOver = false
  }

  private let orders = Mutex(Orders())

  /// The port it listens on, at the host it was made with.
  public let port: UInt16

  /// Listens at `host`:`port` (0 for any) and leads to `target` at `targetHost`; nil when the
  /// address is taken.
  public init?(
    host: UInt32 = TCPSocket.loopback, port: UInt16 = 0, to target: UInt16,
    targetHost: UInt32 = TCPSocket.loopback
  ) {
    guard let listener = TCPSocket.listening(host: host, port: port) else { return nil }
    self.port = listener.port
    let link = Link(listener, host: host, target: target, targetHost: targetHost)
    Thread.detachNewThread { [weak self] in
      while let proxy = self {
        if !proxy.turn(link) { return }
      }
    }
  }

  /// What the link does from now on, also to what is on its way.
  public var faults: LinkFaults {
    get { orders.withLock { $0.faults } }
    set { orders.withLock { $0.faults = newValue } }
  }

  /// Resets all connections that are there now.
  public func cut() { orders.withLock { $0.resets = true } }

  /// Lets something happen once, when so many more bytes have passed one way.
  public func plan(_ accident: LinkAccident, afterBytes count: Int, _ direction: Direction) {
    orders.withLock { $0.accidents.append((direction, count, accident)) }
  }

  /// Accidents that have not happened yet.
  public var planned: Int { orders.withLock { $0.accidents.count } }

  /// Connections that were made through the link so far.
  public var connections: Int { orders.withLock { $0.connections } }

  /// Bytes that came in for this way so far.
  public func passed(_ direction: Direction) -> Int {
    orders.withLock { $0.passed[direction, default: 0] }
  }

  /// Ends it and resets all connections.
  public func end() { orders.withLock { $0.isOver = true } }

  /// One turn of the thread: waits at most 5 ms, moves what can be moved. False at the end.
  private func turn(_ link: Link) -> Bool {
    let (faults, resets, isOver) = orders.withLock { orders in
      defer { orders.resets = false }
      return (orders.faults, orders.resets, orders.isOver)
    }
    if isOver || resets { link.resetAll() }
    if isOver { return false }
    link.move(
      faults, accepted: { count in orders.withLock { $0.connections += count } },
      pass: { direction, bytes in orders.withLock { $0.pass(direction, &bytes) } })
    return true
  }
}

extension ChaosProxy.Orders {
  /// Counts bytes and lets accidents happen to them; false when the connection is to be cut.
  mutating func pass(_ direction: Direction, _ bytes: inout [UInt8]) -> Bool {
    passed[direction, default: 0] += bytes.count
    var isCut = false
    accidents = accidents.compactMap { item in
      var (way, left, accident) = item
      guard way == direction else { return item }
      guard left < bytes.count else {
        left -= bytes.count
        return (way, left, accident)
      }
      switch accident {
      case .cut: isCut = true
      case .corrupt(let mask): bytes[left] ^= mask
      }
      return nil
    }
    return !isCut
  }
}
