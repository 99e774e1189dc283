import Foundation
import TestSockets
import TestSupport
import Testing

/// Links that are slow, break, lie or fall silent: the model is that of an undisturbed run.
@Suite struct LinkFailureTests {
  /// A link of 200 ms each way, and one of a megabyte a second.
  @Test(arguments: [(200, nil), (0, 1_000_000)] as [(Int, Int?)])
  func aSlowLinkOnlyTakesTime(delay: Int, bytesPerSecond: Int?) async throws {
    try await LinkedCluster.run(epochs: 2) { scene in
      var faults = LinkFaults()
      (faults.delayMilliseconds, faults.bytesPerSecond) = (delay, bytesPerSecond)
      for link in scene.links { link.faults = faults }
      let led = try scene.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try scene.worker() }
      try led.seen("run ended")
      let losses = ["was lost", "said nothing"].filter { led.errors.contains($0) }
      #expect(losses.isEmpty, "\(led.errors)")
      try scene.expectTheSame(led, workers, epochs: 2)
    }
  }

  /// Connections that are cut, some in the middle of a message, and refused for a while.
  @Test(arguments: [false, true], [0, 2])
  func connectionsThatBreakAreMadeAgain(encrypted: Bool, servers: Int) async throws {
    try await LinkedCluster.run(servers: servers, encrypted: encrypted) { scene in
      var chance = Chance(seed: 1)
      scene.pace(milliseconds: 10)
      let led = try scene.coordinator(workers: 2)
      var others = try (0..<servers).map { try scene.server($0) }
      others += try (0..<2).map { _ in try scene.worker() }
      try led.seen("checkpoint saved")
      // Whoever loses its server begins again from the checkpoint, so that link is left alone.
      for link in servers == 0 ? scene.links : scene.toServers {
        link.cut()
        for direction in Direction.allCases {
          link.plan(.cut, afterBytes: Int(chance.below(40_000)), direction)
        }
      }
      Thread.sleep(forTimeInterval: 1)
      scene.bulk[0].faults.refuses = true
      scene.bulk[0].cut()
      Thread.sleep(forTimeInterval: 1)
      scene.bulk[0].faults.refuses = false
      Thread.sleep(forTimeInterval: 1)
      try scene.expectTheSame(led, others)
    }
  }

  /// Bytes that change on their way, in what is pulled and in what is pushed.
  @Test(arguments: [false, true])
  func changedBytesAreNotUsed(encrypted: Bool) async throws {
    try await LinkedCluster.run(encrypted: encrypted) { scene in
      var chance = Chance(seed: 2)
      scene.pace(milliseconds: 10)
      let led = try scene.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try scene.worker() }
      try led.seen("checkpoint saved")
      for direction in Direction.allCases {
        for _ in 0..<2 {
          let mask = UInt8(1) << UInt8(chance.below(8))
          scene.data.plan(
            .corrupt(mask: mask), afterBytes: 1000 + Int(chance.below(100_000)), direction)
        }
      }
      scene.control.plan(.corrupt(mask: 1), afterBytes: 200, .up)
      for _ in 0..<200 where scene.data.planned + scene.control.planned > 0 {
        Thread.sleep(forTimeInterval: 0.05)
      }
      #expect(scene.data.planned + scene.control.planned == 0)
      try scene.expectTheSame(led, workers)
    }
  }

  /// One way of the links falls silent for longer than a heartbeat is waited for; nobody is told.
  /// Whoever is leased units on a connection hears that it lives: what it says there is missed by
  /// nobody as long as what it computes arrives.
  @Test(arguments: Direction.allCases, [false, true])
  func aSilentLinkIsNoticed(direction: Direction, isControl: Bool) async throws {
    try await LinkedCluster.run { scene in
      scene.pace(milliseconds: 20)
      let led = try scene.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try scene.worker() }
      try led.seen("checkpoint saved")
      let link = isControl ? scene.control : scene.data
      link.faults.frozen = [direction]
      if isControl, direction == .up {
        Thread.sleep(forTimeInterval: 4)
      } else {
        for worker in workers { try worker.seen("connection to") }
      }
      link.faults.frozen = []
      try scene.expectTheSame(led, workers)
    }
  }
}
