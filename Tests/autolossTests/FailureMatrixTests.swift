import Foundation
import Testing

/// Processes that stop, die, come and go: the model is that of an undisturbed run, each row counts
/// once, and nothing hangs. docs/failures.md lists what is tested where.
@Suite struct FailureMatrixTests {
  /// Longer than a coordinator waits for a word.
  @Test func aFrozenWorkerIsGivenUpAndComesBack() async throws {
    try await LinkedCluster.run { scene in
      scene.pace(milliseconds: 40)
      let led = try scene.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try scene.worker() }
      try led.seen("checkpoint saved")
      workers[0].send(SIGSTOP)
      try led.seen("was lost", "said nothing")
      try led.seen("checkpoint saved", number: 2)
      workers[0].send(SIGCONT)
      try led.seen(" joined; it computes", number: 3)
      try scene.expectTheSame(led, workers)
    }
  }

  /// Every half second one of two workers goes, by its own will or by force, and another comes.
  @Test func workersComeAndGoAllTheTime() async throws {
    try await LinkedCluster.run { scene in
      scene.pace(milliseconds: 10)
      let led = try scene.coordinator()
      var workers = [try scene.worker(), try scene.worker()]
      try led.seen(" joined; it computes")
      var left = 0
      while led.isRunning, left < 8 {
        Thread.sleep(forTimeInterval: 0.5)
        let leaver = workers.removeFirst()
        let signal = left.isMultiple(of: 2) ? SIGTERM : SIGKILL
        leaver.send(signal)
        left += 1
        workers.append(try scene.worker())
        try led.seen(" joined; it computes", "run ended", number: left + 2)
        let code = leaver.end()
        #expect(code == (signal == SIGTERM ? 0 : SIGKILL), "\(leaver.errors)")
      }
      #expect(left == 8, "the run was over too soon")
      try scene.expectTheSame(led, workers)
    }
  }

  @Test func aCoordinatorThatFreezesGoesOn() async throws {
    try await LinkedCluster.run { scene in
      scene.pace(milliseconds: 40)
      let led = try scene.coordinator(workers: 2)
      let workers = try (0..<2).map { _ in try scene.worker() }
      try led.seen("checkpoint saved")
      led.send(SIGSTOP)
      Thread.sleep(forTimeInterval: 5)
      led.send(SIGCONT)
      try led.seen("checkpoint saved", number: 3)
      try scene.expectTheSame(led, workers)
    }
  }

  @Test(arguments: [0, 2])
  func aKilledCoordinatorComesBackToItsOwn(servers: Int) async throws {
    try await LinkedCluster.run(servers: servers) { scene in
      scene.pace(milliseconds: 40)
      let first = try scene.coordinator()
      let others = try (0..<servers).map { try scene.server($0) } + [try scene.worker()]
      try first.seen("checkpoint saved")
      first.send(SIGKILL)
      #expect(first.end() == SIGKILL)
      let second = try scene.coordinator(["--resume", "auto"])
      try second.seen("run resumed")
      try scene.expectTheSame(second, others)
    }
  }

  @Test(arguments: [SIGKILL, SIGSTOP])
  func aServerThatGoesIsReplaced(signal: Int32) async throws {
    try await LinkedCluster.run(servers: 3) { scene in
      scene.pace(milliseconds: 40)
      // The third comes late: it waits as a spare.
      let led = try scene.coordinator(["--servers", "2"])
      let victim = try scene.server(0)
      var others = [try scene.server(1)]
      try led.seen(" joined at ", number: 2)
      others += [try scene.server(2), try scene.worker()]
      try led.seen("checkpoint saved")
      victim.send(signal)
      // The fleet forms a second time, without the victim.
      try led.seen("servers hold the parameters of step", number: 2)
      if signal == SIGSTOP {
        victim.send(SIGCONT)
        try led.seen(" joined at ", number: 6)
        others.append(victim)
      }
      try scene.expectTheSame(led, others)
    }
  }

  @Test func aSecondCoordinatorIsKeptOutOfTheRunFolder() async throws {
    try await LinkedCluster.run { scene in
      scene.pace(milliseconds: 40)
      let led = try scene.coordinator()
      let worker = try scene.worker()
      try led.seen("checkpoint saved")
      for more in [[], ["--resume", "auto"]] {
        let second = try scene.cluster.coordinator(more)
        #expect(second.end() == 73, "\(second.errors)")
        #expect(second.errors.contains("is writing this run folder"), "\(second.errors)")
      }
      try scene.expectTheSame(led, [worker])
    }
  }
}
