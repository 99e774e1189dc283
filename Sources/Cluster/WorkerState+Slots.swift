/// The way of a unit through a slot.
extension WorkerState {
  mutating func work(_ event: WorkerEvent) {
    switch event {
    case .leased(let generation, let lease):
      // No coordinator has generation 0, and before the first WELCOME there is none to serve.
      if generation == self.generation, generation > 0 { leased(lease) }
    case .toldToWait(let reason):
      heard()
      waitReason = reason
    case .prepared(let slot, let work):
      if ended(slot, work, .preparing) { pull(slot) }
    case .rowsArrived(let generation, let work):
      heard()
      guard generation == self.generation else { return }
      if let slot = slot(of: work), case .pulling = slots[slot].stage { compute(slot) }
    case .computed(let slot, let work, let bytes):
      if ended(slot, work, .computing) { pushWhenAllowed(slot, bytes) }
    case .failed(let slot, let work, let sentence):
      let stage = slots[slot].stage
      if case .pulling = stage, slots[slot].lease.work == work {
        orders.append(.sendFailure(slots[slot].lease, sentence))
        free(slot)
      } else if ended(slot, work, stage == .preparing ? .preparing : .computing) {
        orders.append(.sendFailure(slots[slot].lease, sentence))
        free(slot)
      }
    case .acknowledged(let generation, let work):
      heard()
      if generation == self.generation { forget(work) }
    case .rejected(let code, let work, _):
      heard()
      rejected(code, work)
    default: break
    }
  }

  /// Sends pulls and pushes again whose time matches.
  mutating func resend(_ isDue: (Milliseconds) -> Bool) {
    guard phase == .member else { return }
    for slot in slots.indices {
      guard let time = slots[slot].resendAt, isDue(time) else { continue }
      switch slots[slot].stage {
      case .pulling(let last):
        slots[slot].stage = .pulling(again(last))
        orders.append(.sendPull(slot: slot, slots[slot].lease))
      case .pushing(let last, let bytes):
        slots[slot].stage = .pushing(again(last), bytes: bytes)
        orders.append(.sendPush(slot: slot, slots[slot].lease))
      default: break
      }
    }
  }

  /// Gives up what a slot holds; a compute thread that is at it keeps the slot until it returns.
  mutating func abandon(_ slot: Int) {
    switch slots[slot].stage {
    case .preparing, .computing: slots[slot].stage = .void
    case .pushing(_, let bytes):
      unacknowledged -= bytes
      free(slot)
    case .pulling, .waitingForCredit: free(slot)
    case .free, .void: break
    }
  }

  private mutating func leased(_ lease: Lease) {
    heard()
    if slot(of: lease.work) != nil || queued.contains(where: { $0.work == lease.work }) { return }
    if let slot = slots.firstIndex(where: { $0.stage == .free }) {
      prepare(slot, lease)
    } else if queued.count < settings.capacity {
      queued.append(lease)
    }
  }

  private mutating func rejected(_ code: RejectionCode, _ work: Work?) {
    switch code {
    case .oldGeneration, .unknownWorker:
      // Several messages may be rejected for the same reason; one HELLO is enough.
      if phase == .member { greet() }
    case .wrongStep, .wrongController, .unusable:
      if let work { forget(work) }
    }
  }

  private mutating func forget(_ work: Work) {
    queued.removeAll { $0.work == work }
    if let slot = slot(of: work) { abandon(slot) }
    allowPushes()
  }

  /// Notes that a unit gets on, also one that nobody wants any more: others wait for its slot.
  mutating func progressed(_ slot: Int, _ work: Work) {
    guard slots[slot].lease.work == work else { return }
    slots[slot].progress += 1
    queueProgress += 1
  }

  private mutating func prepare(_ slot: Int, _ lease: Lease) {
    slots[slot] = Slot(stage: .preparing, lease: lease, progress: queueProgress + 1)
    orders.append(.prepare(slot: slot, lease))
  }

  private mutating func pull(_ slot: Int) {
    slots[slot].stage = .pulling(Resend(sentAt: now, pause: settings.requestMilliseconds))
    slots[slot].progress += 1
    if phase == .member { orders.append(.sendPull(slot: slot, slots[slot].lease)) }
  }

  private mutating func compute(_ slot: Int) {
    slots[slot].stage = .computing
    slots[slot].progress += 1
    orders.append(.compute(slot: slot, slots[slot].lease))
  }

  /// Pushes unless too many bytes are unacknowledged; one push is always allowed.
  private mutating func pushWhenAllowed(_ slot: Int, _ bytes: Int) {
    slots[slot].progress += 1
    guard unacknowledged == 0 || unacknowledged + bytes <= credit else {
      slots[slot].stage = .waitingForCredit(bytes: bytes)
      return
    }
    unacknowledged += bytes
    slots[slot].stage = .pushing(
      Resend(sentAt: now, pause: settings.requestMilliseconds), bytes: bytes)
    if phase == .member { orders.append(.sendPush(slot: slot, slots[slot].lease)) }
  }

  private mutating func allowPushes() {
    for slot in slots.indices {
      if case .waitingForCredit(let bytes) = slots[slot].stage { pushWhenAllowed(slot, bytes) }
    }
  }

  private mutating func free(_ slot: Int) {
    slots[slot].stage = .free
    if !queued.isEmpty { prepare(slot, queued.removeFirst()) }
  }

  /// Whether a compute thread's result is wanted; frees the slot when nobody wants it.
  private mutating func ended(_ slot: Int, _ work: Work, _ stage: Stage) -> Bool {
    guard slots[slot].lease.work == work else { return false }
    if slots[slot].stage == .void {
      free(slot)
      return false
    }
    return slots[slot].stage == stage
  }

  /// The slot that waits for the rows of `work`.
  public func pulling(_ work: Work) -> Int? {
    guard let slot = slot(of: work), case .pulling = slots[slot].stage else { return nil }
    return slot
  }

  /// The slot whose gradients of `work` are on their way, and its lease.
  public func pushing(_ work: Work) -> (slot: Int, Lease)? {
    guard let slot = slot(of: work), case .pushing = slots[slot].stage else { return nil }
    return (slot, slots[slot].lease)
  }

  private func slot(of work: Work) -> Int? {
    slots.firstIndex {
      $0.stage != .free && $0.stage != .void && $0.lease.work == work
    }
  }

  private func again(_ last: Resend) -> Resend {
    Resend(sentAt: now, pause: min(2 * last.pause, 10 * settings.requestMilliseconds))
  }
}

extension WorkerState.Slot {
  /// When the slot's request is due to be sent again.
  var resendAt: Milliseconds? {
    switch stage {
    case .pulling(let last), .pushing(let last, _): last.sentAt + last.pause
    default: nil
    }
  }
}
