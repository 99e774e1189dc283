import Testing

@testable import Transport

@Suite struct RouteTests {
  @Test(arguments: ["tcp://127.0.0.1:9", "tcp://127.0.0.2:9", "tcp://localhost:9"])
  func loopbackIsReachedFromLoopback(address: String) throws {
    #expect(Route.localHost(towards: try Endpoint(address)) == "127.0.0.1")
  }

  @Test(arguments: ["tcp://*:9", "tcp://no-such-host.invalid:9", "tcp://eth-99:9", "inproc://here"])
  func whatIsNoHostHasNoWay(address: String) throws {
    #expect(Route.localHost(towards: try Endpoint(address)) == nil)
  }
}
