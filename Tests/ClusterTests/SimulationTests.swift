import Cluster
import Foundation
import TestSupport
import Testing

/// Thousands of whole clusters, each from one seed.
///
/// `AUTOLOSS_SIMULATION_SEEDS=6000` tries so many seeds in each world, 102,000 in all;
/// `AUTOLOSS_SIMULATION_SEED` and `AUTOLOSS_SIMULATION_WORLD` run one alone and tell its story.
@Suite struct SimulationTests {
  /// A kind of cluster and its weather.
  struct World: CustomTestStringConvertible {
    var name: String
    var weather: Weather
    /// Whether servers own the parameters.
    var hasServers = false
    /// Whether steps may be computed from old parameters.
    var isBounded = false
    /// Whether some runs have units of one slice only.
    var variesUnits = false

    var testDescription: String { name }
  }

  /// The worlds that every seed is tried in.
  static let worlds = [
    World(name: "calm", weather: Weather()),
    World(name: "rain", weather: Weather(drop: 0.05, duplicate: 0.1, delayMilliseconds: 200)),
    World(name: "kills", weather: Weather(workerKills: 0.8, disconnects: 0.3, leaves: 0.3)),
    World(
      name: "clocks",
      weather: Weather(delayMilliseconds: 50, workerKills: 0.1, leaves: 0.2, clockJumps: 0.5)),
    World(
      name: "freezes",
      weather: Weather(delayMilliseconds: 50, freezes: 0.3, partitions: 0.3, hangs: 0.005)),
    World(
      name: "storm",
      weather: Weather(
        drop: 0.1, duplicate: 0.1, delayMilliseconds: 300, workerKills: 0.3, disconnects: 0.3,
        freezes: 0.1, partitions: 0.1, coordinatorKills: 0.2, leaves: 0.1, clockJumps: 0.1,
        hangs: 0.002), variesUnits: true),
    World(name: "servers, calm", weather: Weather(), hasServers: true),
    World(
      name: "servers, rain",
      weather: Weather(drop: 0.05, duplicate: 0.1, delayMilliseconds: 200), hasServers: true),
    World(
      name: "servers, absences",
      weather: Weather(delayMilliseconds: 50, absences: 0.3, linkPartitions: 0.2),
      hasServers: true),
    World(
      name: "servers, kills",
      weather: Weather(
        workerKills: 0.5, disconnects: 0.3, serverKills: 0.3, serverDisconnects: 0.1),
      hasServers: true),
    World(
      name: "servers, clocks",
      weather: Weather(delayMilliseconds: 50, leaves: 0.2, clockJumps: 0.3), hasServers: true),
    World(
      name: "servers, freezes",
      weather: Weather(
        delayMilliseconds: 50, freezes: 0.2, hangs: 0.002, serverFreezes: 0.4), hasServers: true),
    World(
      name: "servers, partitions",
      weather: Weather(
        delayMilliseconds: 50, partitions: 0.2, serverPartitions: 0.3, linkPartitions: 0.5),
      hasServers: true),
    World(
      name: "servers, restarts",
      weather: Weather(
        duplicate: 0.1, delayMilliseconds: 100, coordinatorKills: 0.2, serverKills: 0.3,
        serverDisconnects: 0.2),
      hasServers: true),
    World(
      name: "servers, storm",
      weather: Weather(
        drop: 0.05, duplicate: 0.1, delayMilliseconds: 300, workerKills: 0.2, disconnects: 0.2,
        freezes: 0.1, partitions: 0.1, coordinatorKills: 0.1, leaves: 0.1, clockJumps: 0.05,
        hangs: 0.002, absences: 0.05,
        serverKills: 0.1, serverDisconnects: 0.1, serverFreezes: 0.1, serverPartitions: 0.1,
        linkPartitions: 0.2),
      hasServers: true, variesUnits: true),
    World(
      name: "bounded, storm",
      weather: Weather(
        drop: 0.1, duplicate: 0.1, delayMilliseconds: 300, workerKills: 0.3, disconnects: 0.3,
        freezes: 0.1, partitions: 0.1, coordinatorKills: 0.2, leaves: 0.1, clockJumps: 0.05,
        hangs: 0.002),
      isBounded: true),
    World(
      name: "bounded, servers",
      weather: Weather(
        drop: 0.05, duplicate: 0.1, delayMilliseconds: 200, workerKills: 0.2, disconnects: 0.2,
        coordinatorKills: 0.05, absences: 0.1, serverKills: 0.1, linkPartitions: 0.2),
      hasServers: true, isBounded: true),
  ]

  static func run(
    _ seed: UInt64, _ world: World, tells: Bool = false
  ) throws(Violation) -> SimulatedCluster {
    var chance = Chance(seed: seed ^ 0xC1)
    let (workers, slices) = (Int(1 + chance.below(5)), Int(1 + chance.below(8)))
    let servers = world.hasServers ? Int(1 + chance.below(4)) : 0
    var cluster = SimulatedCluster(
      seed: seed, weather: world.weather, workers: workers, steps: 25, slices: slices,
      servers: servers, spares: world.hasServers ? Int(chance.below(2)) : 0,
      hasController: chance.happens(0.5), staleness: world.isBounded ? 1 + chance.below(4) : 0,
      singleSlices: world.variesUnits && chance.happens(0.5))
    cluster.tells = tells
    try cluster.run()
    return cluster
  }

  @Test(arguments: worlds)
  func everySliceIsAppliedExactlyOnce(world: World) {
    let environment = ProcessInfo.processInfo.environment
    if let name = environment["AUTOLOSS_SIMULATION_WORLD"], name != world.name { return }
    let count = UInt64(environment["AUTOLOSS_SIMULATION_SEEDS"] ?? "") ?? 200
    let single = UInt64(environment["AUTOLOSS_SIMULATION_SEED"] ?? "")
    var longest: UInt64 = 0
    var lives = 0
    for seed in single.map({ $0...$0 }) ?? 1...count {
      do {
        let cluster = try Self.run(seed, world, tells: single != nil)
        longest = max(longest, cluster.now)
        lives += cluster.coordinatorLife
      } catch {
        Issue.record(
          """
          \(world.name): \(error)
          replay: AUTOLOSS_SIMULATION_SEED=\(seed) AUTOLOSS_SIMULATION_WORLD='\(world.name)' \
          swift test -c release -Xswiftc -enable-testing --filter SimulationTests
          """)
        return
      }
    }
    print(
      "simulation \(world.name): \(single == nil ? count : 1) seeds, \(lives) lives of the "
        + "coordinator, longest \(longest) ms simulated")
  }

  @Test func oneSeedIsOneStory() throws {
    for world in Self.worlds {
      #expect(try Self.run(3, world).trace == Self.run(3, world).trace)
    }
  }
}
