import Cluster

/// What a worker's edge is told where servers own the parameters.
enum OwnerMessage {
  case welcome(WorkerEvent, generation: UInt32, servers: [WorkerIdentity])
  /// Of a server, or of the coordinator, which has the controller.
  case rows(from: WorkerIdentity?, generation: UInt32, Work, PushOrigin)
  case held(by: WorkerIdentity, generation: UInt32, Work)
  case reject(RejectionCode, Work?, String)
}

/// What the owners of parameters have to do with the unit of one slot.
struct SimulatedShare {
  /// What the unit is computed from; of several owners, the least version.
  var origin = PushOrigin(version: .max, controllerVersion: 0)
  var answered: Set<Int> = []
  var hasController = false
  var delivered: Set<Int> = []
}

/// What a worker's edge would do with several owners of parameters.
extension SimulatedCluster {
  mutating func deliver(
    _ message: OwnerMessage, _ happening: Happening, to identity: WorkerIdentity
  ) throws(Violation) {
    guard let worker = workers[identity], alive.contains(identity),
      !isPutOff(happening, for: identity)
    else { return }
    switch message {
    case .welcome(let event, let generation, let servers):
      if generation >= worker.serversOf {
        workers[identity]?.servers = servers
        workers[identity]?.serversOf = generation
      }
      try deliver(event, happening, to: identity)
    case .reject(let code, let work, let sentence):
      try deliver(.rejected(code, work, sentence), happening, to: identity)
    case .rows(nil, let generation, let work, let origin) where serverCount == 0:
      guard generation == worker.state.generation, let slot = worker.state.pulling(work) else {
        return
      }
      workers[identity]?.shares[slot].origin = origin
      try deliver(.rowsArrived(generation: generation, work), happening, to: identity)
    case .rows(let owner, let generation, let work, let origin):
      guard generation == worker.serversOf, let slot = worker.state.pulling(work) else { return }
      if let owner {
        let least = min(worker.shares[slot].origin.version, origin.version)
        workers[identity]?.shares[slot].origin.version = least
        guard let seat = worker.servers.firstIndex(of: owner) else { return }
        workers[identity]?.shares[slot].answered.insert(seat)
      } else {
        workers[identity]?.shares[slot].hasController = true
        workers[identity]?.shares[slot].origin.controllerVersion = origin.controllerVersion
      }
      let event: WorkerEvent =
        isAnswered(slot, of: identity)
        ? .rowsArrived(generation: generation, work) : .progressed(slot: slot, work)
      try deliver(event, happening, to: identity)
    case .held(let owner, let generation, let work):
      guard generation == worker.serversOf, let (slot, lease) = worker.state.pushing(work),
        let seat = worker.servers.firstIndex(of: owner)
      else { return }
      workers[identity]?.shares[slot].delivered.insert(seat)
      if workers[identity]?.shares[slot].delivered.count == serverCount {
        sendPushes(slot, lease, of: identity)
      }
    }
  }

  mutating func sendPulls(_ slot: Int, _ lease: Lease, of identity: WorkerIdentity) {
    guard let worker = workers[identity] else { return }
    let generation = worker.state.generation
    for (seat, server) in worker.servers.enumerated()
    where !worker.shares[slot].answered.contains(seat) {
      post(
        .pull(identity, generation: generation, lease.work, attempt: lease.attempt), to: server,
        from: identity)
    }
    if hasController, !worker.shares[slot].hasController {
      post(
        .pull(identity, generation: generation, lease.work, attempt: lease.attempt),
        from: identity)
    }
  }

  /// Delivers to all servers that have not confirmed; then tells the coordinator.
  mutating func sendPushes(_ slot: Int, _ lease: Lease, of identity: WorkerIdentity) {
    guard let worker = workers[identity] else { return }
    let generation = worker.state.generation
    for (seat, server) in worker.servers.enumerated()
    where !worker.shares[slot].delivered.contains(seat) {
      post(.push(identity, generation: generation, lease.work), to: server, from: identity)
    }
    if worker.shares[slot].delivered.count == serverCount {
      post(
        .push(
          identity, generation: generation, lease.work, attempt: lease.attempt,
          worker.shares[slot].origin), from: identity)
    }
  }

  /// A unit is computed from the answers of all owners.
  func checkAnswers(_ slot: Int, of identity: WorkerIdentity) throws(Violation) {
    guard serverCount > 0 else { return }
    try check(isAnswered(slot, of: identity), "a unit is computed without its rows")
  }

  /// What the coordinator takes for delivered is held by all servers that live.
  func checkDelivery(_ work: Work) throws(Violation) {
    for identity in fleet.state?.identities ?? [] where aliveServers.contains(identity) {
      guard let job = servers[identity]?.job, job.generation == coordinatorLife else { continue }
      try check(
        job.kept[work] == 1, "\(work) is delivered, but the server in seat \(job.seat) has it not")
    }
  }

  private func isAnswered(_ slot: Int, of identity: WorkerIdentity) -> Bool {
    guard let share = workers[identity]?.shares[slot] else { return false }
    return share.answered.count == serverCount && (!hasController || share.hasController)
  }
}
