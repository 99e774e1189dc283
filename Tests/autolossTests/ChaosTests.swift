import Foundation
import TestSockets
import TestSupport
import Testing

/// Everything that the other tests do one by one, in an order that a seed decides.
///
/// `AUTOLOSS_CHAOS_RUNS=50` tries so many seeds, with and without servers, of 20 faults each;
/// `AUTOLOSS_CHAOS_SEED=7` tries one alone. Without them there is one short run of each kind.
@Suite struct ChaosTests {
  private static func number(_ name: String) -> UInt64? {
    UInt64(ProcessInfo.processInfo.environment["AUTOLOSS_CHAOS_\(name)"] ?? "")
  }

  private static let seeds = number("SEED").map { [$0] } ?? Array(1...(number("RUNS") ?? 1))
  private static let isSoak = number("SEED") != nil || number("RUNS") != nil

  @Test(arguments: seeds, [0, 2])
  func theModelIsTheSame(seed: UInt64, servers: Int) async throws {
    try await LinkedCluster.run(epochs: Self.isSoak ? 120 : 40, servers: servers) { scene in
      var storm = try Storm(scene, seed: seed)
      try storm.rage(faults: Self.isSoak ? 20 : 6)
      try scene.expectTheSame(storm.led, storm.others, epochs: Self.isSoak ? 120 : 40)
    }
  }

  /// A cluster and what happens to it.
  private struct Storm {
    let scene: LinkedCluster
    var chance: Chance
    var led: LivingProcess
    var workers: [LivingProcess] = []
    var servers: [LivingProcess] = []
    var story: [String] = []

    init(_ scene: LinkedCluster, seed: UInt64) throws {
      self.scene = scene
      chance = Chance(seed: seed)
      scene.pace(milliseconds: 30)
      led = try scene.coordinator()
      servers = try scene.toServers.indices.map { try scene.server($0) }
      workers = [try scene.worker(), try scene.worker()]
      try led.seen("checkpoint saved")
    }

    var others: [LivingProcess] { servers + workers }

    /// Lets so many faults happen, unless the run is over before.
    mutating func rage(faults count: Int) throws {
      for _ in 0..<count where led.isRunning {
        try strike()
        pause(200, 1200)
      }
      print("chaos: \(story.joined(separator: ", "))")
    }

    private mutating func strike() throws {
      let link = scene.links[Int(chance.below(UInt64(scene.links.count)))]
      let direction: Direction = chance.happens(0.5) ? .up : .down
      switch chance.below(servers.isEmpty ? 8 : 9) {
      case 0: try killWorker()
      case 1: freeze(workers[Int(chance.below(2))], "worker")
      case 2: try killCoordinator()
      case 3: freeze(led, "coordinator")
      case 4:
        note("cut")
        link.cut()
        link.plan(.cut, afterBytes: Int(chance.below(50_000)), direction)
      case 5:
        note("corrupt \(direction)")
        let mask = UInt8(1) << UInt8(chance.below(8))
        link.plan(.corrupt(mask: mask), afterBytes: Int(chance.below(50_000)), direction)
      case 6:
        note("silence \(direction)")
        spoil(link, 500, 5000) { $0.frozen = [direction] }
      case 7:
        note("slow and refusing")
        spoil(link, 500, 2000) { ($0.bytesPerSecond, $0.refuses) = (200_000, true) }
      default: try killServer()
      }
    }

    private mutating func killWorker() throws {
      note("kill worker")
      let number = Int(chance.below(2))
      workers[number].send(SIGKILL)
      _ = workers[number].end()
      workers[number] = try scene.worker()
    }

    private mutating func killServer() throws {
      note("kill server")
      let seat = Int(chance.below(UInt64(servers.count)))
      servers[seat].send(SIGKILL)
      _ = servers[seat].end()
      servers[seat] = try scene.server(seat)
    }

    private mutating func killCoordinator() throws {
      note("kill coordinator")
      led.send(SIGKILL)
      // It may have come to its end before.
      guard led.end() == SIGKILL else { return }
      led = try scene.coordinator(["--resume", "auto"])
    }

    private mutating func freeze(_ process: LivingProcess, _ name: String) {
      note("freeze \(name)")
      process.send(SIGSTOP)
      pause(500, 5000)
      process.send(SIGCONT)
    }

    private mutating func spoil(
      _ link: ChaosProxy, _ least: UInt64, _ most: UInt64, _ change: (inout LinkFaults) -> Void
    ) {
      let before = link.faults
      var faults = before
      change(&faults)
      link.faults = faults
      pause(least, most)
      link.faults = before
    }

    private mutating func pause(_ least: UInt64, _ most: UInt64) {
      Thread.sleep(forTimeInterval: Double(least + chance.below(most - least)) / 1000)
    }

    private mutating func note(_ text: String) { story.append(text) }
  }
}
