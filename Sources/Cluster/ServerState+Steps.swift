/// Steps: pulls, pushes, commits.
extension ServerState {
  mutating func serve(_ event: ServerEvent) {
    switch event {
    case .assigned(let generation, let version, let sliceCount, let staleness):
      if generation == self.generation { assigned(version, sliceCount, staleness) }
    case .loaded(let generation):
      guard generation == self.generation, !held.isEmpty else { return }
      isLoaded = true
      if phase == .loading {
        phase = .serving
        sendState()
      }
    case .pull(let worker, let generation, let work, let attempt):
      if admits(worker, generation, work) { pull(worker, work, attempt) }
    case .push(let worker, let generation, let work):
      if admits(worker, generation, work) { push(worker, work) }
    case .unusable(let work):
      guard work.step >= version, work.step < version + UInt64(held.count) else { return }
      for slice in work.slices { held[Int(work.step - version)][slice] = false }
    case .commit(let generation, let step, let terms):
      if generation == self.generation { commit(step, terms) }
    case .fetch(let generation, let version, let request, let ofCapture):
      guard generation == self.generation else { return }
      if ofCapture { fetchCaptured(version, request) } else { fetch(version, request) }
    default: break
    }
  }

  /// The same ASSIGN may come twice; only the first one counts.
  private mutating func assigned(_ version: UInt64, _ sliceCount: Int, _ staleness: UInt64) {
    guard phase == .idle, sliceCount > 0 else { return }
    phase = .loading
    self.version = version
    (self.sliceCount, self.staleness) = (sliceCount, staleness)
    held = Array(repeating: noneHeld, count: Self.openSteps(staleness: staleness))
    orders.append(.load(version: version))
    sendState()
  }

  /// Whether a worker's message belongs to the present life of the run; if not, tells it why.
  private mutating func admits(
    _ worker: WorkerIdentity, _ generation: UInt32, _ work: Work
  ) -> Bool {
    if generation != self.generation {
      orders.append(
        .reject(
          worker, .oldGeneration, work,
          "the message is of generation \(generation), the server of \(self.generation)"))
      return false
    }
    // Without parameters there is nothing to say; the worker asks again.
    guard isLoaded else { return false }
    guard SliceTree.isNode(work.slices, of: sliceCount) else {
      orders.append(
        .reject(worker, .wrongStep, work, "a step of \(sliceCount) slices has no unit of \(work)"))
      return false
    }
    return true
  }

  private mutating func pull(_ worker: WorkerIdentity, _ work: Work, _ attempt: Int) {
    if work.step < version {
      orders.append(.reject(worker, .wrongStep, work, "\(work) was applied already"))
    } else if work.step <= version + staleness {
      orders.append(.sendRows(worker, work, attempt: attempt))
    } else if work.step <= version + UInt64(held.count) {
      // Steps are leased ahead, and the coordinator may be ahead of this server.
      pulls.removeAll { $0.worker == worker && $0.work == work }
      guard pulls.count < settings.waitingLimit else { return }
      pulls.append(WaitingPull(worker: worker, work: work, attempt: attempt))
    } else {
      orders.append(
        .reject(worker, .wrongStep, work, "\(work) is far ahead of step \(version)"))
    }
  }

  private mutating func push(_ worker: WorkerIdentity, _ work: Work) {
    guard work.step >= version else { return orders.append(.acknowledge(worker, work)) }
    guard work.step < version + UInt64(held.count) else {
      return orders.append(
        .reject(worker, .wrongStep, work, "\(work) is far ahead of step \(version)"))
    }
    let place = Int(work.step - version)
    let missing = work.slices.filter { !held[place][$0] }
    guard missing.isEmpty || missing.count == work.slices.count else {
      return orders.append(
        .reject(worker, .wrongStep, work, "parts of \(work) came in other units"))
    }
    if !missing.isEmpty {
      for slice in missing { held[place][slice] = true }
      orders.append(.keep(work))
    }
    orders.append(.acknowledge(worker, work))
  }

  /// Applies the steps through `step`: the word about earlier ones may be lost. What is to be
  /// captured is so when its version is reached, before rows are read at that version.
  private mutating func commit(_ step: UInt64, _ terms: CaptureTerms) {
    guard phase == .serving else { return }
    if terms.released >= captured { release() }
    if terms.version > captured, terms.version < version {
      let sentence =
        "version \(terms.version) was to be captured, but the parameters are of version \(version)"
      orders.append(.sendFailure(sentence))
      return orders.append(.log(.warning, sentence))
    }
    capture(ifDue: terms)
    while version <= step {
      guard held[0].allSatisfy({ $0 }) else {
        let missing = held[0].indices.filter { !held[0][$0] }.map(String.init)
        let sentence =
          "step \(version) was to be applied, but slices \(missing.joined(separator: ", "))"
          + " are not here"
        orders.append(.sendFailure(sentence))
        return orders.append(.log(.warning, sentence))
      }
      orders.append(.apply(step: version))
      version += 1
      held.removeFirst()
      held.append(noneHeld)
      capture(ifDue: terms)
      answerWaiting()
    }
    // Said for every COMMIT: the word about an earlier one may be lost.
    sendState()
  }

  private mutating func capture(ifDue terms: CaptureTerms) {
    guard terms.version == version, version > captured else { return }
    release()
    orders.append(.capture(version: version))
    (captured, keepsCapture) = (version, true)
  }

  private mutating func release() {
    if keepsCapture { orders.append(.releaseCapture) }
    keepsCapture = false
  }

  /// The coordinator asks for what it knows to be captured; what is released it has.
  private mutating func fetchCaptured(_ version: UInt64, _ request: UInt64) {
    guard phase == .serving, keepsCapture, version == captured else { return }
    orders.append(.sendCaptured(request: request))
  }

  private mutating func fetch(_ version: UInt64, _ request: UInt64) {
    guard phase == .serving else { return }
    if version == self.version {
      orders.append(.sendContents(request: request))
    } else if version > self.version {
      questions.removeAll { $0.request == request }
      guard questions.count < settings.waitingLimit else { return }
      questions.append((version, request))
    }
  }

  private mutating func answerWaiting() {
    let (version, waiting) = (self.version, pulls)
    pulls = waiting.filter { $0.work.step > version + staleness }
    for item in waiting where item.work.step <= version + staleness {
      orders.append(.sendRows(item.worker, item.work, attempt: item.attempt))
    }
    for question in questions where question.version == version {
      orders.append(.sendContents(request: question.request))
    }
    questions.removeAll { $0.version <= version }
  }

  /// How many steps have gradients here at once: workers may be ahead by as many steps as the
  /// parameters may be old, and the coordinator is ahead of a server by its word on the way.
  public static func openSteps(staleness: UInt64) -> Int { Int(staleness) + 3 }

  private var noneHeld: [Bool] { Array(repeating: false, count: sliceCount) }
}
