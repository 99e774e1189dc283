import Cluster
import Foundation
import Messages
import Testing

@testable import Training

@Suite struct StatusDeskTests {
  private static let names: [PeerIdentity] = [0xA1, 0xB2, 0xB3].map { PeerIdentity($0) << 96 }

  /// Three workers, of which two have the same rank.
  private static func desk() -> StatusDesk {
    var desk = StatusDesk(
      Schedule(rows: 1000, batchSize: 100, epochs: 3, maximumSteps: 0, evaluateEverySteps: 0),
      at: 1000)
    for (name, rank) in zip(names, ["0", "1", "1"]) {
      let hello = Hello(
        identity: name, build: "1", dataHash: "", vocabularyHash: "", host: "n\(rank)", rank: rank)
      desk.note(Message(.hello(hello)), from: name)
    }
    desk.note(
      Message(.heartbeat(Report(capacity: 1, items: [], waitsFor: "rows"))), from: names[0])
    return desk
  }

  @Test func tellsOfARun() throws {
    var desk = Self.desk()
    var state = CoordinatorState(
      CoordinatorSettings(generation: 2, fingerprint: Fingerprint(build: "1")))
    _ = state.handle(.hello(Self.names[0], Fingerprint(build: "1"), capacity: 2), at: 1000)
    _ = state.beginStep(12, sliceCount: 2, controllerVersion: 0, last: 12, at: 1500)
    desk.count(examples: 500, at: 2000)
    func status() -> RunStatus {
      desk.status(
        job: 7, generation: 2, step: 12, waitsFor: "nothing", workers: state.status(at: 2000),
        servers: [], staleness: [1, 3], at: 2000)
    }
    #expect(status().checkpoint == nil)
    desk.note(checkpoint: 10, path: "there", at: 1750)
    let told = status()
    #expect(told.step == 12 && told.totalSteps == 30 && told.epoch == 1 && told.generation == 2)
    #expect(told.examplesPerSecond == 500 && told.staleness == 0.75)
    #expect(told.checkpoint == .init(step: 10, ageSeconds: 0.25, path: "there"))
    let worker = try #require(told.workers.first)
    #expect(worker.name == "000000a1" && worker.rank == "0" && worker.host == "n0")
    #expect(worker.waitsFor == "rows" && worker.silentSeconds == 1)
    let lease = try #require(worker.leases.first)
    #expect(lease.slice == 0 && lease.sliceCount == 2 && lease.ageSeconds == 0.5)
  }

  @Test func findsWorkersByNameAndRank() {
    let desk = Self.desk()
    #expect(desk.worker("000000b3", among: Self.names).identity == Self.names[2])
    #expect(desk.worker("0", among: Self.names).identity == Self.names[0])
    let twice = desk.worker("1", among: Self.names)
    #expect(twice.identity == nil && twice.refusal.code == .ambiguousName)
    #expect(twice.refusal.sentence == "2 workers have the rank 1: 000000b2, 000000b3")
    let nobody = desk.worker("9", among: Self.names)
    #expect(nobody.identity == nil && nobody.refusal.code == .unknownName)
    #expect(desk.worker("9", among: []).refusal.sentence.hasSuffix("there is none now"))
  }

  @Test func saysWhoFailedAndForgetsWhoLeft() {
    var desk = Self.desk()
    let failure = desk.failure(.worker, Self.names[1], step: 3, slice: 1, "torn")
    #expect(failure.role == "worker" && failure.name == "000000b2" && failure.host == "n1")
    #expect(failure.step == 3 && failure.slice == 1 && failure.sentence == "torn")
    let own = desk.failure(nil, step: 4, "the disk is full")
    #expect(own.role == "coordinator" && own.host == HostName.present && own.name.isEmpty)
    // Who has just gone is still known to people, and forgotten after many others.
    desk.forget(Self.names[1])
    #expect(desk.failure(.worker, Self.names[1], step: 3, "torn").host == "n1")
    for number in 1...16 as ClosedRange<PeerIdentity> {
      let hello = Hello(identity: number, build: "1", dataHash: "", vocabularyHash: "")
      desk.note(Message(.hello(hello)), from: number)
      desk.forget(number)
    }
    #expect(desk.failure(.worker, Self.names[1], step: 3, "torn").host.isEmpty)
  }

  @Test func aCheckpointThatTheRunGoesOnFromHasTheAgeOfItsFolder() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: url.path)
    var desk = Self.desk()
    desk.note(resumed: 8, from: url, at: 10_000_000)
    let status = desk.status(
      job: 7, generation: 2, step: 8, waitsFor: "",
      workers: CoordinatorState(
        CoordinatorSettings(generation: 2, fingerprint: Fingerprint(build: "1"))
      ).status(at: 10_000_000), servers: [], staleness: [], at: 10_000_000)
    #expect(abs((status.checkpoint?.ageSeconds ?? 0) - 3600) < 60)
  }
}
