import Cluster
import Foundation
import Messages
import Transport

/// What the coordinator knows of a run beside its decisions: who the members are to people, how
/// fast it goes, and what was saved. Tells it to those who ask.
///
/// Belongs to the thread that drives the run.
struct StatusDesk {
  /// What a member says of itself.
  struct Member: Equatable {
    var host = ""
    var rank = ""
    var waitsFor = ""
  }

  private var members: [PeerIdentity: Member] = [:]
  /// The last who have gone: a failure may yet be traced to them.
  private var departed: [(identity: PeerIdentity, member: Member)] = []
  private var examples: RecentRate
  private var saved: (step: Int, path: String, time: Milliseconds)?
  private let schedule: Schedule

  /// Nothing is known at `time` but the plan of the run.
  init(_ schedule: Schedule, at time: Milliseconds) {
    self.schedule = schedule
    examples = RecentRate(since: time)
  }

  /// Takes note of what a message says of its sender.
  mutating func note(_ message: Message, from sender: PeerIdentity) {
    switch message.body {
    case .hello(let hello):
      // Who says hello may be nobody who is admitted later: what they leave here is bounded.
      guard members[sender] != nil || members.count < WireLimits.workers else { return }
      members[sender] = Member(host: hello.host, rank: hello.rank)
    case .leaseRequest(let report), .heartbeat(let report):
      members[sender]?.waitsFor = report.waitsFor
    default: break
    }
  }

  /// Takes note of the worker inside this process.
  mutating func note(resident identity: PeerIdentity) {
    members[identity] = Member(host: HostName.present)
  }

  /// Forgets who has gone.
  mutating func forget(_ sender: PeerIdentity) {
    guard let member = members.removeValue(forKey: sender) else { return }
    if departed.count == 16 { departed.removeFirst() }
    departed.append((sender, member))
  }

  /// Counts the examples of a step.
  mutating func count(examples rows: Int, at time: Milliseconds) {
    examples.add(Double(rows), at: time)
  }

  /// Takes note of the newest checkpoint.
  mutating func note(checkpoint step: Int, path: String, at time: Milliseconds) {
    saved = (step, path, time)
  }

  /// Takes note of the checkpoint that the run goes on from, with the age of its folder.
  mutating func note(resumed step: Int, from folder: URL, at time: Milliseconds) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
    let age = (attributes?[.modificationDate] as? Date).map { -$0.timeIntervalSinceNow } ?? 0
    let milliseconds = Milliseconds(max(0, min(age, 1e9)) * 1000)
    saved = (step, folder.path, time - min(time, milliseconds))
  }

  /// Where a failure began, for people.
  func failure(
    _ role: Role?, _ identity: PeerIdentity? = nil, step: UInt64?, slice: Int? = nil,
    secondsAgo: Double = 0, _ sentence: String
  ) -> FirstFailure {
    let gone = departed.last { $0.identity == identity }?.member
    let member = identity.flatMap { members[$0] } ?? gone ?? Member()
    return FirstFailure(
      role: role.map { "\($0)" } ?? "coordinator", name: identity?.shortName ?? "",
      rank: member.rank, host: role == nil ? HostName.present : member.host,
      time: Date(timeIntervalSinceNow: -secondsAgo).ISO8601Format(), step: step,
      slice: slice.map(UInt64.init), sentence: sentence)
  }

  /// How the run stands with `step` steps done; `staleness` is empty where no parameters are old.
  func status(
    job: UInt64, generation: UInt32, step: Int, waitsFor: String, workers: CoordinatorStatus,
    servers: [(standing: ServerStanding, parameterBytes: Int)], staleness: [Int],
    at time: Milliseconds
  ) -> RunStatus {
    var status = RunStatus(
      job: job, generation: generation, step: UInt64(step),
      totalSteps: UInt64(schedule.totalSteps),
      epoch: UInt64(schedule.place(of: min(step, max(0, schedule.totalSteps - 1))).epoch),
      examplesPerSecond: examples.perSecond(at: time), waitsFor: waitsFor,
      checkpoint: saved.map {
        .init(
          step: UInt64($0.step), ageSeconds: Self.seconds(time - min(time, $0.time)),
          path: $0.path)
      })
    status.staleness = Staleness(staleness)?.mean
    status.workers = workers.workers.map(line)
    status.servers = servers.map { line($0.standing, $0.parameterBytes) }
    return status
  }

  private func line(_ worker: CoordinatorStatus.Worker) -> RunStatus.Worker {
    let member = members[worker.identity] ?? Member()
    return RunStatus.Worker(
      name: worker.identity.shortName, rank: member.rank, host: member.host,
      capacity: UInt32(clamping: worker.capacity), isDraining: worker.isDraining,
      leases: worker.holdings.map {
        .init(
          step: $0.work.step, slice: UInt32(clamping: $0.work.slices.lowerBound),
          sliceCount: UInt32(clamping: $0.work.slices.count),
          attempt: UInt32(clamping: $0.attempt), ageSeconds: Self.seconds($0.ageMilliseconds))
      },
      slices: UInt64(worker.delivered), slicesPerSecond: worker.deliveredPerSecond,
      silentSeconds: Self.seconds(worker.silentMilliseconds), waitsFor: member.waitsFor)
  }

  private func line(_ server: ServerStanding, _ bytes: Int) -> RunStatus.Server {
    RunStatus.Server(
      name: server.identity.shortName, seat: server.seat.map(UInt64.init),
      host: members[server.identity]?.host ?? "", address: server.address,
      version: server.version, isLoaded: server.isLoaded,
      silentSeconds: Self.seconds(server.silentMilliseconds), parameterBytes: UInt64(bytes))
  }

  private static func seconds(_ time: Milliseconds) -> Double { Double(time) / 1000 }
}

/// Finding a worker by what people call it.
extension StatusDesk {
  /// The one of `workers` that has this name or, if none has, this rank.
  func worker(
    _ name: String, among workers: [PeerIdentity]
  ) -> (identity: PeerIdentity?, refusal: Notice) {
    let named = workers.filter { $0.shortName == name }
    let found = named.isEmpty ? workers.filter { members[$0]?.rank == name } : named
    if found.count == 1 { return (found[0], Notice(.accepted, "")) }
    let names = (found.isEmpty ? workers : found).map(\.shortName).joined(separator: ", ")
    guard found.isEmpty else {
      return (nil, Notice(.ambiguousName, "\(found.count) workers have the rank \(name): \(names)"))
    }
    let others = names.isEmpty ? "there is none now" : "there are \(names)"
    return (nil, Notice(.unknownName, "no worker of the run is called \(name); \(others)"))
  }
}
