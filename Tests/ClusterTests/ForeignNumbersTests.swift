import TestSupport
import Testing

@testable import Cluster

/// Numbers from the wire may be anything: no machine may trap on them.
@Suite struct ForeignNumbersTests {
  private static let numbers: [UInt64] = [
    0, 1, 2, 3, 4, 7, 1 << 16, 1 << 31, 1 << 32, 1 << 53, 1 << 63, .max - 1, .max,
  ]
  private static let counts = [0, 1, 2, 3, 4, 1024, 65_535]

  private var chance = Chance(seed: 99)

  private mutating func number() -> UInt64 {
    Self.numbers[Int(chance.below(UInt64(Self.numbers.count)))]
  }

  /// A unit as an envelope may name it: two numbers of 16 bits for its slices.
  private mutating func work() -> Work {
    let first = Self.counts[Int(chance.below(7))]
    return Work(step: number(), slices: first..<first + Self.counts[Int(chance.below(7))])
  }

  private mutating func generation() -> UInt32 {
    chance.happens(0.9) ? 2 : UInt32(truncatingIfNeeded: number())
  }

  @Test(arguments: [0, 64] as [UInt64])
  mutating func theCoordinatorStands(staleness: UInt64) {
    var desk = Desk { ($0.staleness, $0.attemptLimit) = (staleness, 1_000_000) }
    _ = desk.begin(0, slices: 4, last: 1000)
    for _ in 0..<5000 {
      let worker = WorkerIdentity(1 + chance.below(3))
      let origin = PushOrigin(version: number(), controllerVersion: number())
      let events: [CoordinatorEvent] = [
        .hello(
          worker, Fingerprint(build: "1"), capacity: Int(UInt32(truncatingIfNeeded: number()))),
        .report(
          worker, generation: generation(), capacity: Int(UInt32(truncatingIfNeeded: number())),
          (0..<3).map { _ in Progress(work: work(), attempt: Int(.max as UInt32), amount: number())
          }),
        .pull(worker, generation: generation(), work(), attempt: Int(.max as UInt32)),
        .push(worker, generation: generation(), work(), attempt: 0, origin),
        .failure(worker, generation: generation(), work(), "it failed"), .tick,
      ]
      for event in events {
        desk.goOn(after: desk.handle(event), slices: 4, last: 1000)
        _ = desk.state.nextDeadline
      }
    }
    #expect(desk.state.status(at: desk.now).counts.rejected > 0)
  }

  @Test mutating func aServerStands() {
    var state = ServerState(at: 0)
    var time: Milliseconds = 0
    for event in [
      ServerEvent.connected, .welcomed(job: 7, generation: 2, heartbeatMilliseconds: 500),
      // The edge refuses versions that rows cannot note.
      .assigned(generation: 2, version: UInt64(UInt32.max) - 1, sliceCount: 4, staleness: 64),
      .loaded(generation: 2),
    ] { _ = state.handle(event, at: time) }
    for _ in 0..<5000 {
      let events: [ServerEvent] = [
        .pull(5, generation: generation(), work(), attempt: Int(.max as UInt32)),
        .push(5, generation: generation(), work()),
        .commit(generation: generation(), step: number()),
        .fetch(generation: generation(), version: number(), request: number()),
        .commit(
          generation: generation(), step: number(),
          capture: CaptureTerms(version: number(), released: number())),
        .fetch(generation: generation(), version: number(), request: number(), ofCapture: true),
        .tick,
      ]
      for event in events {
        time += 1
        _ = state.handle(event, at: time)
      }
    }
    #expect(state.version == UInt64(UInt32.max) - 1, "nobody has delivered what may be applied")
  }

  @Test mutating func aWorkerStands() {
    var bench = Bench(capacity: 2)
    _ = bench.handle(.connected)
    _ = bench.welcome(generation: 2)
    for _ in 0..<5000 {
      let lease = Lease(work: work(), attempt: Int(.max as UInt32), milliseconds: number())
      let events: [WorkerEvent] = [
        .leased(generation: generation(), lease),
        .rowsArrived(generation: generation(), work()),
        .acknowledged(generation: generation(), chance.happens(0.5) ? lease.work : work()),
        .rejected(.wrongStep, work(), "no"), .tick,
      ]
      for event in events { _ = bench.handle(event) }
    }
    #expect(bench.state.waitsFor != "")
  }
}
