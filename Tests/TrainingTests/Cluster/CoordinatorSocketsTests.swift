import Testing
import Transport

@testable import Training

@Suite struct CoordinatorSocketsTests {
  @Test func listensOnTwoPortsOfOneInterface() throws {
    let sockets = try CoordinatorSockets(
      CoordinatorAddresses(listen: "tcp://127.0.0.1:0"), protection: .coordinator(.init()))
    defer {
      sockets.control.close()
      sockets.data.close()
    }
    guard case .tcp("127.0.0.1", let control) = sockets.controlEndpoint,
      case .tcp("127.0.0.1", let data) = sockets.dataEndpoint
    else {
      Issue.record("\(sockets.controlEndpoint) and \(sockets.dataEndpoint)")
      return
    }
    #expect(control > 0 && data > 0 && control != data)
  }

  @Test(arguments: ["tcp://*:0", "tcp://0.0.0.0:0"])
  func plainConnectionsBeyondLoopbackAreAskedFor(listen: String) throws {
    #expect(throws: TransportError.insecure(endpoint: listen)) {
      try CoordinatorSockets(
        CoordinatorAddresses(listen: listen), protection: .coordinator(.init()))
    }
    var cluster = RunConfiguration.Cluster()
    cluster.insecure = true
    let sockets = try CoordinatorSockets(
      CoordinatorAddresses(listen: listen), protection: .coordinator(cluster))
    sockets.control.close()
    sockets.data.close()
  }

  @Test func workersAreToldTheNameAndNotTheInterface() throws {
    let sockets = try CoordinatorSockets(
      CoordinatorAddresses(listen: "tcp://c.example:0", bind: "127.0.0.1"),
      protection: .coordinator(.init()))
    defer {
      sockets.control.close()
      sockets.data.close()
    }
    guard case .tcp("c.example", let control) = sockets.controlEndpoint,
      case .tcp("c.example", let data) = sockets.dataEndpoint
    else {
      Issue.record("\(sockets.controlEndpoint) and \(sockets.dataEndpoint)")
      return
    }
    #expect(control > 0 && data > 0 && control != data)
  }
}
