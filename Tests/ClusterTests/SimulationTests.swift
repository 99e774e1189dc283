import Cluster
import Foundation
import Testing

/// Thousands of whole clusters, each from one seed.
@Suite struct SimulationTests {
  /// The worlds that every seed is tried in.
  static let worlds: [(name: String, weather: Weather)] = [
    ("calm", Weather()),
    ("rain", Weather(drop: 0.05, duplicate: 0.1, delayMilliseconds: 200)),
    ("kills", Weather(workerKills: 0.8, disconnects: 0.3)),
    ("freezes", Weather(delayMilliseconds: 50, freezes: 0.3, partitions: 0.3, hangs: 0.005)),
    (
      "storm",
      Weather(
        drop: 0.1, duplicate: 0.1, delayMilliseconds: 300, workerKills: 0.3, disconnects: 0.3,
        freezes: 0.1, partitions: 0.1, coordinatorKills: 0.2, hangs: 0.002)
    ),
  ]

  static func run(_ seed: UInt64, _ weather: Weather) throws(Violation) -> SimulatedCluster {
    var chance = Chance(seed: seed ^ 0xC1)
    var cluster = SimulatedCluster(
      seed: seed, weather: weather, workers: Int(1 + chance.below(5)), steps: 25,
      slices: Int(1 + chance.below(8)))
    try cluster.run()
    return cluster
  }

  @Test(arguments: worlds.indices)
  func everySliceIsAppliedExactlyOnce(world: Int) {
    let environment = ProcessInfo.processInfo.environment
    let count = UInt64(environment["AUTOLOSS_SIMULATION_SEEDS"] ?? "") ?? 200
    let single = UInt64(environment["AUTOLOSS_SIMULATION_SEED"] ?? "")
    let (name, weather) = Self.worlds[world]
    var longest: UInt64 = 0
    for seed in single.map({ $0...$0 }) ?? 1...count {
      do {
        longest = max(longest, try Self.run(seed, weather).now)
      } catch {
        Issue.record(
          """
          \(name): \(error)
          replay: AUTOLOSS_SIMULATION_SEED=\(seed) swift test --filter Simulation
          """)
        return
      }
    }
    print("simulation \(name): \(single == nil ? count : 1) seeds, longest \(longest) ms simulated")
  }

  @Test func oneSeedIsOneStory() throws {
    for (_, weather) in Self.worlds {
      #expect(try Self.run(3, weather).trace == Self.run(3, weather).trace)
    }
  }
}
