import CZeroMQ
import TestSockets
import Testing

@testable import Transport

@Suite struct GreetingProbeTests {
  private func port(_ endpoint: Endpoint) -> UInt16 {
    if case .tcp(_, let port) = endpoint { port } else { 0 }
  }

  @Test(arguments: [false, true]) func aListenerTellsItsMechanism(encrypted: Bool) throws {
    var options = SocketOptions()
    if encrypted { options.security = .listening(try KeyPair.generate()) }
    let socket = try RawSocket(ZMQ_ROUTER, in: Context())
    try socket.apply(options)
    let endpoint = try Endpoint(socket.bind("tcp://127.0.0.1:0"))
    let wanted = encrypted ? "CURVE" : "NULL"
    #expect(GreetingProbe.mechanism(of: endpoint, withinMilliseconds: 5000) == wanted)
    let named = Endpoint.tcp(host: "localhost", port: port(endpoint))
    #expect(GreetingProbe.mechanism(of: named, withinMilliseconds: 5000) == wanted)
    socket.close(lingerMilliseconds: 0)
  }

  @Test func whoSaysNothingTellsNothing() throws {
    let listener = try #require(TCPSocket.listening())
    let endpoint = Endpoint.tcp(host: "127.0.0.1", port: listener.port)
    #expect(GreetingProbe.mechanism(of: endpoint, withinMilliseconds: 50) == nil)
  }

  @Test func nobodyThereTellsNothing() throws {
    let port = try #require(TCPSocket.listening()).port
    #expect(GreetingProbe.mechanism(of: .tcp(host: "127.0.0.1", port: port)) == nil)
    #expect(GreetingProbe.mechanism(of: .tcp(host: "nobody.invalid", port: port)) == nil)
    #expect(GreetingProbe.mechanism(of: .inproc(name: "here")) == nil)
  }
}
