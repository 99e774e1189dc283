import Cluster

/// The weather.
extension SimulatedCluster {
  /// Ten times a second, perhaps something bad.
  mutating func fault() throws(Violation) {
    guard !isFinished, now < weather.chaosMilliseconds else { return }
    agenda.add(now + 100, (nil, .fault))
    if chance.happens(weather.coordinatorKills / 10) { killCoordinator() }
    try jump()
    if chance.happens(weather.absences / 10) { coordinatorFrozenUntil = now + chance.below(15_000) }
    try serverFault()
    guard !alive.isEmpty else { return }
    let victim = alive[Int(chance.below(UInt64(alive.count)))]
    if chance.happens(weather.workerKills / 10) { kill(victim) }
    if chance.happens(weather.disconnects / 10) { disconnect(victim) }
    if chance.happens(weather.leaves / 10) { try askToLeave(victim) }
    if chance.happens(weather.freezes / 10) {
      workers[victim]?.frozenUntil = now + chance.below(10_000)
    }
    if chance.happens(weather.partitions / 10) {
      workers[victim]?.cutUntil = now + chance.below(6000)
    }
  }

  /// By a signal to the worker itself, or through the coordinator.
  private mutating func askToLeave(_ victim: WorkerIdentity) throws(Violation) {
    if chance.happens(0.5) {
      agenda.add(now, (.worker(victim), .toWorker(.leave("it was asked to stop"))))
    } else if coordinatorFrozenUntil <= now {
      try drain(victim)
    }
  }

  /// Lets the clock of some machine jump; who looks at it next sees what has become late.
  private mutating func jump() throws(Violation) {
    guard chance.happens(weather.clockJumps / 10) else { return }
    let leap = chance.below(20_000)
    let members = alive.map(Target.worker) + aliveServers.map(Target.server)
    switch chance.below(3) == 0 ? nil : members[safe: Int(chance.below(16))] {
    case .worker(let identity):
      workers[identity]?.clock += leap
      workers[identity]?.nextTick = now
      agenda.add(now, (.worker(identity), .tick))
    case .server(let identity):
      servers[identity]?.clock += leap
      servers[identity]?.nextTick = now
      agenda.add(now, (.server(identity), .tick))
    default:
      coordinatorClock += leap
      coordinatorTick = now
      agenda.add(now, (.coordinator(life: coordinatorLife), .tick))
    }
  }

  private mutating func kill(_ victim: WorkerIdentity) {
    alive.removeAll { $0 == victim }
    agenda.add(now + chance.below(3000), (nil, .startWorker))
    // Silence counts from the last message, and a copy of one may be two seconds late.
    if weather.noticesDeaths, serverCount == 0 || fleet.hasBegun {
      agenda.add(now + 6000, (nil, .mustBeGone(victim, life: coordinatorLife)))
    }
    // Most deaths are noticed by the connection, the others by silence.
    if chance.happens(0.7) {
      agenda.add(
        now + chance.below(100),
        (.coordinator(life: coordinatorLife), .toCoordinator(.lost(victim)))
      )
    }
  }

  private mutating func disconnect(_ victim: WorkerIdentity) {
    agenda.add(now, (.worker(victim), .toWorker(.disconnected)))
    agenda.add(now + chance.below(300), (.worker(victim), .toWorker(.connected)))
    agenda.add(now + 1, (.coordinator(life: coordinatorLife), .toCoordinator(.lost(victim))))
  }

  private mutating func killCoordinator() {
    guard coordinator != nil else { return }
    (coordinator, fleet.state) = (nil, nil)
    (coordinatorTick, coordinatorFrozenUntil, reloadsUntil) = (.max, 0, 0)
    agenda.add(now + 300 + chance.below(3000), (nil, .startCoordinator))
    for identity in alive where chance.happens(0.8) {
      agenda.add(now + 10, (.worker(identity), .toWorker(.disconnected)))
    }
    for identity in aliveServers where chance.happens(0.8) {
      agenda.add(now + 10, (.server(identity), .toServer(.event(.disconnected))))
    }
  }
}

/// The weather of servers.
extension SimulatedCluster {
  private mutating func serverFault() throws(Violation) {
    guard !aliveServers.isEmpty else { return }
    let victim = aliveServers[Int(chance.below(UInt64(aliveServers.count)))]
    if chance.happens(weather.serverKills / 10) { try killServer(victim) }
    if chance.happens(weather.serverDisconnects / 10) {
      agenda.add(now, (.server(victim), .toServer(.event(.disconnected))))
      agenda.add(now + chance.below(300), (.server(victim), .toServer(.event(.connected))))
      tellOfLoss(victim, after: 1)
    }
    if chance.happens(weather.serverFreezes / 10) {
      servers[victim]?.frozenUntil = now + chance.below(8000)
    }
    if chance.happens(weather.serverPartitions / 10) {
      servers[victim]?.cutUntil = now + chance.below(6000)
    }
    if chance.happens(weather.linkPartitions / 10), !alive.isEmpty {
      let worker = alive[Int(chance.below(UInt64(alive.count)))]
      let end = now + chance.below(8000)
      servers[victim]?.cuts[worker] = end
      if chance.happens(0.5) { agenda.add(end, (.worker(worker), .toWorker(.dataConnected))) }
    }
  }

  private mutating func killServer(_ victim: WorkerIdentity) throws(Violation) {
    if chance.happens(0.2), servers[victim]?.frozenUntil ?? 0 <= now {
      return try deliver(.event(.leave("it was asked to stop")), to: victim)
    }
    aliveServers.removeAll { $0 == victim }
    agenda.add(now + chance.below(5000), (nil, .startServer))
    if weather.noticesDeaths, fleet.hasBegun {
      agenda.add(now + 6000, (nil, .mustBeGone(victim, life: coordinatorLife)))
    }
    if chance.happens(0.7) { tellOfLoss(victim, after: chance.below(100)) }
  }

  private mutating func tellOfLoss(_ server: WorkerIdentity, after delay: UInt64) {
    agenda.add(
      now + delay, (.coordinator(life: coordinatorLife), .toFleet(.event(.lost(server)))))
  }
}

extension Array {
  fileprivate subscript(safe place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}
