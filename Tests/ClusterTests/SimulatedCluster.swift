import Cluster

/// The generator of one simulation: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number from 0 to `limit` − 1.
  mutating func below(_ limit: UInt64) -> UInt64 { limit == 0 ? 0 : next() % limit }

  /// True with this probability.
  mutating func happens(_ probability: Double) -> Bool {
    Double(next() >> 11) * 0x1p-53 < probability
  }
}

/// How bad the world of one simulation is.
struct Weather {
  var drop = 0.0
  var duplicate = 0.0
  var delayMilliseconds: UInt64 = 3
  /// Faults a simulated second, of each kind below, while the chaos lasts.
  var workerKills = 0.0
  var disconnects = 0.0
  var freezes = 0.0
  var partitions = 0.0
  var coordinatorKills = 0.0
  /// How many computations never return.
  var hangs = 0.0
  var chaosMilliseconds: UInt64 = 20_000
}

/// What a simulation found wrong.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// A whole cluster in one thread: the real state machines, a simulated world, one seed.
struct SimulatedCluster {
  enum Target: Equatable {
    case coordinator(life: Int)
    case worker(WorkerIdentity)
  }

  enum Happening {
    case toCoordinator(CoordinatorEvent)
    case toWorker(WorkerEvent)
    /// A compute thread of the worker has finished.
    case computed(WorkerEvent)
    case tick
    case committed(step: UInt64)
    case startWorker
    case startCoordinator
    /// This worker died long ago; the coordinator of this life must have noticed.
    case mustBeGone(WorkerIdentity, life: Int)
    case fault
  }

  struct Worker {
    var state: WorkerState
    var capacity: Int
    /// Slots that a compute thread is working on.
    var busy: Set<Int> = []
    var frozenUntil: UInt64 = 0
    var cutUntil: UInt64 = 0
    var nextTick: UInt64 = .max
  }

  let weather: Weather
  let stepCount: UInt64
  let sliceCount: Int
  var chance: Chance
  var agenda = Agenda<(Target?, Happening)>()
  var now: UInt64 = 0
  var workers: [WorkerIdentity: Worker] = [:]
  var alive: [WorkerIdentity] = []
  var coordinator: CoordinatorState?
  var coordinatorLife = 0
  var coordinatorTick: UInt64 = .max
  /// The step that the coordinator's parameters are at.
  var version: UInt64 = 0
  var savedVersion: UInt64 = 0
  var applied: [Work: Int] = [:]
  var isFinished = false
  var exits = 0
  var trace: UInt64 = 0
  var coverage = CoordinatorStatus.Counts()

  init(seed: UInt64, weather: Weather, workers: Int, steps: UInt64, slices: Int) {
    self.weather = weather
    stepCount = steps
    sliceCount = slices
    chance = Chance(seed: seed)
    agenda.add(0, (nil, .startCoordinator))
    for _ in 0..<workers { agenda.add(chance.below(300), (nil, .startWorker)) }
    agenda.add(200, (nil, .fault))
  }

  /// Runs to the end; throws what went wrong.
  mutating func run(limitMilliseconds: UInt64 = 1_200_000) throws(Violation) {
    while let (time, (target, happening)) = agenda.next() {
      now = max(now, time)
      trace = (trace ^ now ^ UInt64(agenda.count)) &* 0x100_0000_01B3
      try happen(target, happening)
      if isFinished && alive.isEmpty { break }
      if now > limitMilliseconds {
        throw Violation(
          description: "stuck: \(coordinator?.status(at: now).waitsFor ?? "no coordinator"); "
            + alive.map { workers[$0]?.state.waitsFor ?? "" }.joined(separator: "; "))
      }
    }
    try check(isFinished, "the agenda is empty before the end")
    try check(applied.count == Int(stepCount) * sliceCount, "coverage \(applied.count)")
    try check(applied.values.allSatisfy { $0 == 1 }, "a slice was not applied exactly once")
  }

  func check(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description: "at \(now) ms: \(sentence())") }
  }

  private mutating func happen(_ target: Target?, _ happening: Happening) throws(Violation) {
    switch (target, happening) {
    case (.coordinator, .toCoordinator(let event)):
      // What was sent to an earlier life may reach this one.
      try coordinate(event)
    case (.coordinator(coordinatorLife), .tick):
      if coordinatorTick <= now {
        coordinatorTick = .max
        try coordinate(.tick)
      }
    case (.coordinator(coordinatorLife), .committed(let step)):
      try committed(step)
    case (.worker(let identity), .toWorker(let event)),
      (.worker(let identity), .computed(let event)):
      try deliver(event, happening, to: identity)
    case (.worker(let identity), .tick):
      if workers[identity]?.nextTick ?? .max <= now { try deliver(.tick, happening, to: identity) }
    case (nil, .startWorker): startWorker()
    case (nil, .startCoordinator): startCoordinator()
    case (nil, .mustBeGone(let identity, coordinatorLife)):
      let members = coordinator?.status(at: now).workers ?? []
      try check(!members.contains { $0.identity == identity }, "a death was not noticed")
    case (nil, .fault): fault()
    default: break
    }
  }
}

/// Things to happen, by time; those of one time in the order in which they were added.
struct Agenda<Element> {
  private var heap: [(time: UInt64, number: UInt64, element: Element)] = []
  private var number: UInt64 = 0

  var count: Int { heap.count }

  mutating func add(_ time: UInt64, _ element: Element) {
    number += 1
    heap.append((time, number, element))
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (UInt64, Element)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { precedes($0, $1) }), precedes(least, parent) else {
        return (first.time, first.element)
      }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    (heap[left].time, heap[left].number) < (heap[right].time, heap[right].number)
  }
}
