import Testing
import Transport

@testable import Training

@Suite struct CoordinatorAddressesTests {
  /// What is configured, where the sockets listen, and what workers are told.
  struct Example: Sendable {
    var listen: String
    var bind = ""
    var advertise = ""
    var dataPort = 0
    var control: String
    var data: String
    var told: String
  }

  @Test(arguments: [
    Example(
      listen: "tcp://127.0.0.1:5570", control: "tcp://127.0.0.1:5570", data: "tcp://127.0.0.1:0",
      told: "tcp://127.0.0.1:9"),
    Example(
      listen: "tcp://*:5570", dataPort: 5571, control: "tcp://*:5570", data: "tcp://*:5571",
      told: "tcp://*:9"),
    Example(
      listen: "tcp://c.example:5570", bind: "*", control: "tcp://*:5570", data: "tcp://*:0",
      told: "tcp://c.example:9"),
    Example(
      listen: "tcp://c.example:5570", bind: "eth1", advertise: "c-inside.example",
      control: "tcp://eth1:5570", data: "tcp://eth1:0", told: "tcp://c-inside.example:9"),
    Example(
      listen: "tcp://*:5570", bind: "10.0.0.1", control: "tcp://10.0.0.1:5570",
      data: "tcp://10.0.0.1:0", told: "tcp://10.0.0.1:9"),
    Example(
      listen: "tcp://*:5570", advertise: "[fd00::1]", control: "tcp://*:5570", data: "tcp://*:0",
      told: "tcp://[fd00::1]:9"),
  ])
  func putsTogether(example: Example) throws {
    let addresses = try CoordinatorAddresses(
      listen: example.listen, bind: example.bind, advertise: example.advertise,
      dataPort: example.dataPort)
    #expect(addresses.control.description == example.control)
    #expect(addresses.data.description == example.data)
    guard case .tcp(let host, _) = addresses.control else { return }
    #expect(addresses.told(for: .tcp(host: host, port: 9)).description == example.told)
  }

  @Test func insideOneProcessThereAreNamesOnly() throws {
    let addresses = try CoordinatorAddresses(listen: "inproc://c")
    #expect(addresses.control == .inproc(name: "c"))
    #expect(addresses.data == .inproc(name: "c-data"))
    #expect(throws: Failure.self) { try CoordinatorAddresses(listen: "inproc://c", bind: "*") }
  }

  @Test func refusesOnePortForBoth() {
    let error = #expect(throws: Failure.self) {
      try CoordinatorAddresses(listen: "tcp://*:5570", dataPort: 5570)
    }
    #expect(error?.remedy.contains("--data-port 5571") == true)
  }

  @Test(arguments: [("a b", ""), ("::1", ""), ("", "*"), ("", "a/b"), ("", "fd00::1")])
  func refusesHostsThatAreNone(bind: String, advertise: String) {
    #expect(throws: (any Error).self) {
      try CoordinatorAddresses(listen: "tcp://*:5570", bind: bind, advertise: advertise)
    }
  }
}
