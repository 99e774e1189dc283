import CZeroMQ
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct MonitorTests {
  @Test func tellsOfConnectionsAndTheirEnd() throws {
    let context = try Context()
    let listener = try RawSocket(ZMQ_ROUTER, in: context)
    let monitor = try Monitor(listener, in: context)
    let address = try listener.bind("tcp://127.0.0.1:0")
    let caller = try RawSocket(ZMQ_DEALER, in: context)
    try caller.connect(address)
    #expect(Self.wait(monitor) == .connected(address))
    caller.close(lingerMilliseconds: 0)
    #expect(Self.wait(monitor) == .disconnected(address))
    monitor.close()
    listener.close(lingerMilliseconds: 0)
  }

  private static func wait(_ monitor: Monitor) -> ConnectionEvent? {
    for _ in 0..<2000 {
      if let event = monitor.next() { return event }
      Poller([]).wait(atMostMilliseconds: 5)
    }
    return nil
  }
}
