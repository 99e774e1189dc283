import Cluster
import Kernels
import Messages
import Testing

@testable import Training

/// The owner of parameters, fed by a worker: the same bits as threads of one process.
@Suite struct ParameterOwnerTests {
  /// How a step is cut into units, and when their rows are asked for.
  private static let cuts = [
    [0..<4], [0..<2, 2..<4], [0..<2, 2..<3, 3..<4], [0..<1, 1..<2, 2..<4],
    [0..<1, 1..<2, 2..<3, 3..<4],
  ]

  /// A run whose steps a worker computes and an owner applies.
  private struct Fed {
    let scene: StepScene
    let owner: ParameterOwner
    let source: BatchSource
    let units: [[WorkerUnit]]
    let member: ComputeMember

    var parts: RunParts { scene.parts }

    init(
      _ fixture: RunFixture, threads: Int = 2,
      _ change: @escaping (inout RunConfiguration) -> Void
    ) throws {
      scene = try StepScene(fixture, change)
      let source = scene.setup.source
      self.source = source
      owner = ParameterOwner(
        parts: scene.parts, openSteps: 2,
        sizes: SliceSizes(scene.parts) { source.rowCount(step: $0, slice: $1) }, threads: threads)
      let remote = try RunParts(
        scene.parts.configuration, fieldSizes: scene.setup.dataset.fieldSizes, holding: .none)
      units = (0..<2).map { _ in (0..<4).map { _ in WorkerUnit(parts: remote) } }
      member = ComputeMember(parts: remote, capacity: remote.sliceCapacity)
    }

    /// The works of a step and the buffers of each: those of two steps are in use at a time.
    func works(_ step: Int, _ cut: [Range<Int>]) -> [(work: Work, unit: WorkerUnit)] {
      zip(cut, units[step % 2]).map { (Work(step: UInt64(step), slices: $0), $1) }
    }

    /// The worker reads the units of a step and asks for their rows.
    func pull(_ step: Int, _ cut: [Range<Int>]) {
      for (work, unit) in works(step, cut) {
        WorkerUnitTests.prepare(unit, step: step, work.slices, source, member)
        #expect(owner.note(unit.shares[0].pull, work) == nil)
      }
    }

    /// The owner answers.
    func answer(_ work: Work, _ unit: WorkerUnit) throws {
      let answer = try #require(owner.answer(work, controller: parts.controller))
      #expect(unit.defect(answer, seat: 0) == nil)
      // Its content is overwritten by the next answer, as when it is sent.
      unit.shares[0].answer = answer
      unit.unpack()
    }

    /// The worker computes and pushes.
    func deliver(_ step: Int, _ cut: [Range<Int>]) throws {
      for (work, unit) in works(step, cut).reversed() {
        for place in (0..<unit.count).reversed() {
          _ = unit.compute(step: step, place: place, member: member)
        }
        let push = unit.push(seat: 0)
        #expect(push.delivery.version == UInt64(step))
        #expect(owner.defect(push, work) == nil)
        try owner.keep(push, work)
      }
    }

    func updateController(_ step: Int) throws {
      guard parts.controller != nil, step % scene.every == 0 else { return }
      _ = try scene.compute.updateController(step: step, batch: step / scene.every)
    }

    /// Trains as a cluster does: the rows of the step after are asked for while one is computed,
    /// and caught up ahead as often as said, some at a time.
    func train(
      _ steps: Range<Int>, ahead: (times: Int, rows: Int) = (0, 0),
      cut: (_ step: Int) -> [Range<Int>]
    ) throws {
      pull(steps.lowerBound, cut(steps.lowerBound))
      for step in steps {
        try updateController(step)
        let works = works(step, cut(step))
        owner.prepare(works.map { $0.work })
        for (work, unit) in works { try answer(work, unit) }
        if step + 1 < steps.upperBound { pull(step + 1, cut(step + 1)) }
        for _ in 0..<ahead.times where !owner.lookAhead(atMost: ahead.rows) { break }
        try deliver(step, cut(step))
        owner.apply()
      }
    }

    /// The same, but each unit is pulled and answered before the next one is known.
    func trainInParts(_ steps: Range<Int>, _ cut: [Range<Int>]) throws {
      for step in steps {
        try updateController(step)
        for (work, unit) in works(step, cut) {
          WorkerUnitTests.prepare(unit, step: step, work.slices, source, member)
          #expect(owner.note(unit.shares[0].pull, work) == nil)
          owner.prepare([work])
          try answer(work, unit)
        }
        try deliver(step, cut)
        owner.apply()
      }
    }
  }

  private static func configure(_ name: String) -> (inout RunConfiguration) -> Void {
    { configuration in
      configuration.loss = "fixed:ce"
      configuration.search.every = 3
      switch name {
      case "adam with decay": configuration.train.weightDecay = 1e-3
      case "decoupled":
        configuration.train.weightDecay = 1e-2
        configuration.train.decay = .decoupled
      case "lazyAdam": configuration.train.optimizer = .lazyAdam
      case let loss: configuration.loss = loss
      }
    }
  }

  @Test(arguments: ["adam with decay", "decoupled", "lazyAdam", "al2", "autoloss"])
  func anyCutOfTheStepsGivesTheSameBits(name: String) throws {
    // The epoch ends within these steps, with a batch of two rows: two of its slices are empty.
    let fixture = try RunFixture(rows: 243)
    let change = Self.configure(name)
    let alone = try StepScene(fixture, change)
    #expect((0..<4).map { alone.setup.source.rowCount(step: 3, slice: $0) } == [0, 1, 0, 1])
    let steps = 0..<6
    try alone.train(steps)
    let expected = alone.parts.checksum()
    for cut in Self.cuts {
      let fed = try Fed(fixture, change)
      try fed.train(steps) { _ in cut }
      #expect(fed.parts.checksum() == expected, "\(cut)")
    }
    let mixed = try Fed(fixture, threads: 1, change)
    try mixed.train(steps) { Self.cuts[$0 % Self.cuts.count] }
    #expect(mixed.parts.checksum() == expected, "another cut in each step")
  }

  /// None, some and all rows of a step are computed before it; some of them the open step changes.
  @Test(
    arguments: ["adam with decay", "decoupled", "lazyAdam", "autoloss"],
    [(1, 0), (2, 7), (4, 20), (.max, 33)])
  func rowsComputedAheadGiveTheSameBits(name: String, ahead: (Int, Int)) throws {
    let fixture = try RunFixture(rows: 243)
    let change = Self.configure(name)
    let alone = try StepScene(fixture, change)
    try alone.train(0..<6)
    let fed = try Fed(fixture, change)
    try fed.train(0..<6, ahead: ahead) { Self.cuts[1 + $0 % 3] }
    #expect(fed.parts.checksum() == alone.parts.checksum())
  }

  @Test func looksAheadWhereTheNextStepIsKnown() throws {
    let fed = try Fed(RunFixture(rows: 400), Self.configure("adam with decay"))
    fed.pull(0, Self.cuts[0])
    #expect(!fed.owner.lookAhead(), "the rows of the open step come first")
    fed.owner.prepare([Work(step: 0, slices: 0..<4)])
    #expect(!fed.owner.lookAhead(), "nobody has asked for rows of the next step")
    fed.pull(1, Self.cuts[1])
    var pieces = 0
    while fed.owner.lookAhead(atMost: 10) { pieces += 1 }
    #expect(pieces > 2)
    #expect(!fed.owner.lookAhead(), "all of them are there")
  }

  @Test(arguments: ["adam with decay", "autoloss"])
  func rowsPreparedInPartsGiveTheSameBits(name: String) throws {
    let fixture = try RunFixture(rows: 400)
    let change = Self.configure(name)
    let alone = try StepScene(fixture, change)
    try alone.train(0..<4)
    for cut in [Self.cuts[1], Self.cuts[4]] {
      let fed = try Fed(fixture, change)
      try fed.trainInParts(0..<4, cut)
      #expect(fed.parts.checksum() == alone.parts.checksum(), "\(cut)")
    }
  }

  /// A worker is lost: another one asks for the same rows and delivers, perhaps after the first.
  @Test func unitsThatComeTwiceChangeNoBit() throws {
    let fixture = try RunFixture(rows: 400)
    let change = Self.configure("adam with decay")
    let alone = try StepScene(fixture, change)
    try alone.train(0..<5)
    let fed = try Fed(fixture, change)
    let cut = Self.cuts[2]
    for step in 0..<5 {
      for _ in 0..<2 {
        fed.pull(step, cut)
        for (work, unit) in fed.works(step, cut) {
          fed.owner.prepare([work])
          try fed.answer(work, unit)
        }
        try fed.deliver(step, cut)
      }
      fed.owner.apply()
    }
    #expect(fed.parts.checksum() == alone.parts.checksum())
  }

  /// Also when nobody thought of catching them up first.
  @Test(arguments: [true, false])
  func anAnswerIsOfTheRowsAsTheyAreNow(isPrepared: Bool) throws {
    let fed = try Fed(RunFixture(rows: 400), Self.configure("autoloss"))
    try fed.train(0..<4) { _ in Self.cuts[1] }
    let work = Work(step: 4, slices: 0..<4)
    #expect(fed.owner.answer(work, controller: nil) == nil, "nobody pulled it")
    fed.pull(4, Self.cuts[0])
    let pull = fed.units[0][0].shares[0].pull
    let expected = WorkerUnitTests.answer(fed.parts, pull)
    if isPrepared { fed.owner.prepare([work]) }
    let answer = try #require(fed.owner.answer(work, controller: fed.parts.controller))
    #expect((answer.version, answer.controllerVersion) == (4, 2))
    for part in Parameters.Part.allCases {
      #expect(answer.count(part) == expected.count(part))
      let (found, wanted) = (
        Floats(count: expected.count(part)), Floats(count: expected.count(part))
      )
      answer.copy(part, into: found)
      expected.copy(part, into: wanted)
      #expect(found.array.map(\.bitPattern) == wanted.array.map(\.bitPattern), "\(part)")
    }
    let plain = try #require(fed.owner.answer(work, controller: nil))
    #expect(plain.count(.controller) == 0)
  }

  @Test func onlyOpenStepsAreTakenNoteOf() throws {
    let fed = try Fed(RunFixture(rows: 400), Self.configure("fixed:ce"))
    let outside = Pull(ids: View([UInt32(fed.parts.schema.rowCount)]))
    let open = {
      (0..<9 as Range<UInt64>).filter {
        fed.owner.note(outside, Work(step: $0, slice: 0)) != nil
      }
    }
    #expect(open() == [0, 1])
    #expect(fed.owner.note(outside, Work(step: .max, slice: 0)) == nil)
    try fed.train(0..<2) { _ in Self.cuts[0] }
    #expect(open() == [2, 3])
    fed.pull(3, Self.cuts[1])
    let unit = fed.units[1][0]
    fed.owner.prepare([Work(step: 9, slice: 0)])
    #expect(fed.owner.answer(Work(step: 9, slice: 0), controller: nil) == nil)
    #expect(
      fed.owner.note(unit.shares[0].pull, Work(step: 3, slices: 0..<4))
        == "parts of slices 0 to 3 of step 3 were pulled in another unit")
  }
}
