import Testing
import Transport

@testable import Training

@Suite struct ServerAddressesTests {
  /// What is said, where the socket listens, and what workers are told of port 9.
  struct Example: Sendable {
    var coordinator = "tcp://10.0.0.1:5570"
    var listen: String?
    var bind: String?
    var advertise: String?
    var socket: String
    var told: String
  }

  @Test(arguments: [
    Example(socket: "tcp://10.0.0.7:0", told: "tcp://10.0.0.7:9"),
    Example(listen: "tcp://*:5572", socket: "tcp://*:5572", told: "tcp://10.0.0.7:9"),
    Example(listen: "tcp://0.0.0.0:5572", socket: "tcp://0.0.0.0:5572", told: "tcp://10.0.0.7:9"),
    Example(
      listen: "tcp://10.1.0.2:5572", socket: "tcp://10.1.0.2:5572", told: "tcp://10.1.0.2:9"),
    Example(
      listen: "tcp://s.example:5572", bind: "*", socket: "tcp://*:5572", told: "tcp://s.example:9"),
    Example(
      listen: "tcp://s.example:5572", bind: "10.1.0.2", socket: "tcp://10.1.0.2:5572",
      told: "tcp://s.example:9"),
    Example(bind: "*", socket: "tcp://*:0", told: "tcp://10.0.0.7:9"),
    Example(bind: "10.1.0.2", socket: "tcp://10.1.0.2:0", told: "tcp://10.1.0.2:9"),
    Example(
      listen: "tcp://*:5572", advertise: "pod-1.servers", socket: "tcp://*:5572",
      told: "tcp://pod-1.servers:9"),
    Example(
      listen: "tcp://127.0.0.1:5572", advertise: "s.example", socket: "tcp://127.0.0.1:5572",
      told: "tcp://s.example:9"),
    Example(
      coordinator: "tcp://127.0.0.1:5570", listen: "tcp://127.0.0.2:0",
      socket: "tcp://127.0.0.2:0", told: "tcp://127.0.0.2:9"),
  ])
  func putsTogether(example: Example) throws {
    let addresses = try ServerAddresses(
      coordinator: Endpoint(example.coordinator), listen: example.listen, bind: example.bind,
      advertise: example.advertise
    ) { "10.0.0.7" }
    #expect(addresses.listen.description == example.socket)
    guard case .tcp(let host, _) = addresses.listen else { return }
    #expect(try addresses.told(for: .tcp(host: host, port: 9)).description == example.told)
  }

  /// Looking for the way to the coordinator may take long, and is done only where it must be.
  @Test func nobodyIsAskedWhereTheAddressIsSaid() throws {
    let coordinator = try Endpoint("tcp://10.0.0.1:5570")
    let listen = "tcp://10.0.0.2:5572"
    for (bind, advertise) in [(nil, nil), ("*", nil), (nil, "s"), ("eth1", "s")]
      as [(String?, String?)]
    {
      _ = try ServerAddresses(
        coordinator: coordinator, listen: listen, bind: bind, advertise: advertise
      ) {
        Issue.record("asked with \(bind ?? "-"), \(advertise ?? "-")")
        return "10.0.0.7"
      }
    }
  }

  @Test(arguments: [nil, "tcp://127.0.0.1:5572", "tcp://localhost:0"] as [String?])
  func loopbackIsForACoordinatorOnLoopback(listen: String?) throws {
    for (place, isAllowed) in [("tcp://127.0.0.1:5570", true), ("tcp://10.0.0.1:5570", false)] {
      let addresses = try ServerAddresses(coordinator: Endpoint(place), listen: listen) {
        "127.0.0.1"
      }
      let bound = Endpoint.tcp(host: "127.0.0.1", port: 9)
      if isAllowed {
        #expect(try addresses.told(for: bound) == bound)
      } else {
        let error = #expect(throws: Failure.self) { try addresses.told(for: bound) }
        #expect(error?.exitCode == .configuration)
        #expect(error?.remedy.contains("--advertise HOST") == true)
      }
    }
  }

  @Test(
    arguments: [
      ("tcp://10.0.0.2:7", nil), ("tcp://s.example:7", nil),
      ("tcp://127.0.0.1:7", "workers on other machines cannot reach"),
      ("tcp://*:7", "workers cannot connect to tcp://*:7"),
      ("tcp://0.0.0.0:7", "workers cannot connect to"), ("tcp://s:0", "workers cannot connect to"),
      ("", "is no address"), ("10.0.0.2:7", "is no address"),
    ] as [(String, String?)])
  func aCoordinatorTakesWhatWorkersCanUse(told: String, objection: String?) throws {
    let found = ServerAddresses.objection(to: told, coordinator: try Endpoint("tcp://0.0.0.0:5570"))
    if let objection {
      #expect(found?.contains(objection) == true, "\(found ?? "nothing")")
    } else {
      #expect(found == nil)
    }
  }

  @Test(
    arguments: [
      ("inproc://s", nil, nil), ("10.0.0.2:7", nil, nil), (nil, "a/b", nil), (nil, nil, "a b"),
    ] as [(String?, String?, String?)])
  func refusesWhatIsNoAddress(listen: String?, bind: String?, advertise: String?) {
    #expect(throws: (any Error).self) {
      try ServerAddresses(
        coordinator: Endpoint("tcp://10.0.0.1:5570"), listen: listen, bind: bind,
        advertise: advertise
      ) { "10.0.0.7" }
    }
  }
}
