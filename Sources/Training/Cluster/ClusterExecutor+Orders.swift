import Cluster
import Kernels
import Messages
import Optimization
import Transport

/// Carrying out what `CoordinatorState` decides.
extension ClusterExecutor {
  func perform(_ orders: [CoordinatorOrder], about incoming: Incoming?) throws {
    if orders.contains(where: { if case .fail = $0 { true } else { false } }) { cause = blamed }
    prepareRows(for: orders)
    for order in orders {
      if try performByResident(order) { continue }
      if case .stop(let worker, let code, _) = order {
        leaving.insert(worker)
        if code == .failed, let cause {
          report(control.send(Message(.cause(cause), translation.envelope()), to: worker), worker)
        }
      }
      if let (message, worker) = translation.message(for: order) {
        report(control.send(message, to: worker), worker)
        continue
      }
      switch order {
      case .sendRows(let worker, let work, let attempt): sendRows(to: worker, work, attempt)
      case .apply(let worker, let work): try apply(work, of: worker, incoming)
      case .commit: isComplete = true
      case .fail(let sentence):
        // A process that dies on its rows says nothing of them.
        let rows = state.poisoned.map {
          "; rows at " + compute.source.origin(step: Int($0.step), slices: $0.slices)
        }
        throw Failure(
          sentence, at: "coordinator, step \(parts.store.version)\(rows ?? "")",
          remedy: "look at the workers' logs; the run resumes with --resume auto",
          exitCode: .internalFault)
      case .log(let severity, let text): observer.observe(.notice(text, severity.level))
      default: break
      }
    }
  }

  /// Brings rows of all pulls that are answered now up to date, together.
  private func prepareRows(for orders: [CoordinatorOrder]) {
    var works: [Work] = []
    var own: [OwnRows] = []
    for case .sendRows(let worker, let work, _) in orders {
      if worker != resident?.identity {
        works.append(work)
      } else if let unit = resident?.unit(work), unit.stage == .pulling {
        own.append(unit.rows(work))
      }
    }
    owner?.prepare(works, own: own)
  }

  private func sendRows(to worker: PeerIdentity, _ work: Work, _ attempt: Int) {
    guard let answer = answer(work) else { return }
    let message = Message(.rows(answer), translation.envelope(work, attempt: attempt))
    report(data.send(message, to: worker), worker)
  }

  private func answer(_ work: Work) -> Parameters? {
    if let owner { return owner.answer(work, controller: parts.controller) }
    let none = Floats(count: 0)
    return Parameters(
      version: UInt64(parts.store.version),
      controllerVersion: UInt64(parts.controller?.updates ?? 0),
      codec: parts.configuration.cluster.pullCodec, rows: none, dense: none, statistics: none,
      controller: parts.controller?.dense.weights ?? none,
      controllerStatistics: parts.controller?.statistics ?? none)
  }

  private func apply(_ work: Work, of worker: PeerIdentity, _ incoming: Incoming?) throws {
    switch incoming?.message.body {
    case .delivered(let delivery): sums.keep(delivery, work)
    case .push(let push):
      sums.keep(push.delivery, work)
      do {
        try owner?.keep(push, work)
      } catch {
        observer.observe(.notice("worker \(worker.shortName) pushed what cannot be applied"))
        throw notFinite(error, of: worker)
      }
    default: preconditionFailure("an order to apply without its push")
    }
  }

  /// Ends the run when a worker says that a gradient is not finite: whoever computes the unit again
  /// comes to the same.
  func requireFinite(_ incoming: Incoming) throws {
    let envelope = incoming.message.envelope
    let work = envelope.work
    guard case .failure(let notice) = incoming.message.body, notice.code == .notFinite,
      state.admits(incoming.sender, generation: envelope.generation), state.isMissing(work)
    else { return }
    let named = Int(exactly: envelope.request) ?? -1
    let slice = work.slices.contains(named) ? named : work.slices.lowerBound
    throw notFinite(notice.sentence, of: incoming.sender, step: work.step, slice: slice)
  }

  /// How the run ends for a gradient that is not finite.
  func notFinite(_ error: GradientError, of worker: PeerIdentity) -> Failure {
    notFinite(
      error.sentence(compute.source.rowNames), of: worker, step: UInt64(error.step),
      slice: error.slice)
  }

  private func notFinite(
    _ sentence: String, of worker: PeerIdentity, step: UInt64, slice: Int
  ) -> Failure {
    cause = desk.failure(.worker, worker, step: step, slice: slice, sentence)
    return Failure(
      notFinite: sentence, at: "worker \(worker.shortName), step \(step), slice \(slice)")
  }

  func report(_ outcome: SendOutcome, _ worker: PeerIdentity) {
    // A message that did not leave is asked for again; a peer that is gone is noticed as lost.
    if outcome == .full { tell("worker \(worker.shortName) does not read what it is sent") }
  }

  /// Tells what somebody else may make happen as often as they like: once, and then how often.
  func tell(_ sentence: String) {
    let line = tally.add(sentence, atMilliseconds: Uptime.milliseconds)
    if let line { observer.observe(.notice(line)) }
  }
}
