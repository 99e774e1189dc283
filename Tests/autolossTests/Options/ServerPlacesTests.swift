import ArgumentParser
import Testing

@testable import autoloss

@Suite struct ServerPlacesTests {
  static let environment = [
    "AUTOLOSS_COORDINATOR": "tcp://c.example:5570", "AUTOLOSS_SERVER_LISTEN": "tcp://*:5572",
    "AUTOLOSS_SERVER_BIND": "eth1", "AUTOLOSS_SERVER_ADVERTISE": "s.example",
    "AUTOLOSS__CLUSTER__INSECURE": "true",
  ]

  @Test func theEnvironmentIsEnough() throws {
    let addresses = try ServerPlaces.parse([]).addresses(Self.environment)
    #expect(
      addresses
        == ServerPlaces.Addresses(
          coordinator: "tcp://c.example:5570", listen: "tcp://*:5572", bind: "eth1",
          advertise: "s.example"))
    #expect(WorkerPlaces.allowsInsecure(Self.environment))
  }

  @Test func flagsWin() throws {
    let places = try ServerPlaces.parse([
      "--coordinator", "tcp://d:1", "--listen", "tcp://e:2", "--bind", "*", "--advertise", "f",
    ])
    #expect(
      try places.addresses(Self.environment)
        == ServerPlaces.Addresses(
          coordinator: "tcp://d:1", listen: "tcp://e:2", bind: "*", advertise: "f"))
  }

  @Test func theCoordinatorIsEnough() throws {
    let addresses = try ServerPlaces.parse(["--coordinator", "tcp://d:1"]).addresses([
      "AUTOLOSS_SERVER_LISTEN": ""
    ])
    #expect(addresses == ServerPlaces.Addresses(coordinator: "tcp://d:1"))
    #expect(throws: (any Error).self) { try ServerPlaces.parse([]).addresses([:]) }
  }
}
