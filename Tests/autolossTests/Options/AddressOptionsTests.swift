import ArgumentParser
import Testing
import Training

@testable import autoloss

@Suite struct AddressOptionsTests {
  @Test func everyFlagSetsAKey() throws {
    let options = try AddressOptions.parse(
      ["--bind", "*", "--advertise", "c.example", "--data-port", "5571"])
    #expect(options.flags.map(\.text) == ["*", "c.example", "5571"])
    for flag in options.flags { #expect(ConfigurationKey.named(flag.path) != nil, "\(flag)") }
  }

  /// As deploy/kubernetes starts it.
  @Test func theyReachTheConfiguration() throws {
    let options = try AddressOptions.parse(["--bind", "*", "--data-port", "5571"])
    let run = try RunOptions.parse([])
    let cluster = try run.resolve(
      environment: ["AUTOLOSS_COORDINATOR": "tcp://c.example:5570"], extra: options.flags,
      isCoordinator: true
    ).configuration.cluster
    #expect(cluster.listen == "tcp://*:5570")
    #expect(cluster.advertise == "c.example")
    #expect(cluster.dataPort == 5571)
  }
}
