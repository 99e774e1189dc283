import Cluster
import Kernels
import Messages
import Testing

@testable import Training

/// Units that the owner's own process computes, beside those of a worker: the same bits.
@Suite struct ResidentUnitTests {
  /// A run whose steps are computed partly here and partly by a worker.
  private struct Mixed {
    let scene: StepScene
    let owner: ParameterOwner
    let member: ComputeMember
    let remote: WorkerUnit
    let remoteMember: ComputeMember
    let units: [ResidentUnit]

    init(_ fixture: RunFixture, _ change: (inout RunConfiguration) -> Void) throws {
      scene = try StepScene(fixture, change)
      let source = scene.setup.source
      owner = ParameterOwner(
        parts: scene.parts, openSteps: 2,
        sizes: SliceSizes(scene.parts) { source.rowCount(step: $0, slice: $1) }, threads: 2)
      let parts = try RunParts(
        scene.parts.configuration, fieldSizes: scene.setup.dataset.fieldSizes, holding: .none)
      remote = WorkerUnit(parts: parts)
      remoteMember = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
      member = ComputeMember(parts: scene.parts, capacity: scene.parts.sliceCapacity)
      let own = scene.parts
      units = (0..<2).map { _ in ResidentUnit(parts: own) }
    }

    /// This process reads a unit and names its rows.
    func read(_ unit: ResidentUnit, _ work: Work) {
      unit.begin(Lease(work: work, attempt: 0, milliseconds: 1000))
      for place in work.slices.indices.map({ $0 - work.slices.lowerBound }).reversed() {
        let isLast = unit.read(place, of: work, source: scene.setup.source, member: member)
        #expect(isLast == (place == 0))
      }
      #expect(unit.sentence == nil)
      owner.note(own: unit.lists, work)
    }

    /// The worker does.
    func pull(_ work: Work) {
      WorkerUnitTests.prepare(
        remote, step: Int(work.step), work.slices, scene.setup.source, remoteMember)
      #expect(owner.note(remote.shares[0].pull, work) == nil)
    }

    func compute(_ unit: ResidentUnit, _ work: Work) {
      unit.take(from: scene.parts.store, scene.parts.controller)
      for place in work.slices.indices.map({ $0 - work.slices.lowerBound }).reversed() {
        _ = unit.compute(place, of: work, member: member)
      }
      #expect(unit.gradientError == nil)
    }

    func push(_ work: Work) throws {
      let answer = try #require(owner.answer(work, controller: scene.parts.controller))
      remote.shares[0].answer = answer
      WorkerUnitTests.compute(remote, step: Int(work.step), remoteMember)
      let push = remote.push(seat: 0)
      #expect(owner.defect(push, work) == nil)
      try owner.keep(push, work)
    }

    func updateController(_ step: Int) throws {
      guard scene.parts.controller != nil, step % scene.every == 0 else { return }
      _ = try scene.compute.updateController(step: step, batch: step / scene.every)
    }
  }

  private static func change(_ loss: String) -> (inout RunConfiguration) -> Void {
    { configuration in
      configuration.loss = loss
      configuration.search.every = 3
      configuration.train.weightDecay = 1e-3
    }
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func slicesThatAreComputedHereGiveTheSameBits(loss: String) throws {
    // The epoch ends within these steps, with a batch of two rows: two of its slices are empty.
    let fixture = try RunFixture(rows: 243)
    let alone = try StepScene(fixture, Self.change(loss))
    try alone.train(0..<6)
    let mixed = try Mixed(fixture, Self.change(loss))
    for step in 0..<6 {
      try mixed.updateController(step)
      let here = Work(step: UInt64(step), slices: step % 2 == 0 ? 0..<2 : 2..<4)
      let there = Work(step: UInt64(step), slices: step % 2 == 0 ? 2..<4 : 0..<2)
      let unit = mixed.units[0]
      mixed.read(unit, here)
      mixed.pull(there)
      mixed.owner.prepare([there], own: [unit.rows(here)])
      mixed.compute(unit, here)
      try mixed.push(there)
      #expect(unit.sums.count == 2 && unit.origin.version == UInt64(step))
      mixed.owner.keep(own: unit.contributions, here)
      mixed.owner.apply()
      unit.release()
    }
    #expect(mixed.scene.parts.checksum() == alone.parts.checksum())
  }

  /// Both compute the whole step; whoever is asked first, and whoever delivers, changes no bit.
  @Test(arguments: [true, false], [true, false])
  func whoeverDeliversAUnitGivesTheSameBits(isPulledFirst: Bool, isOwn: Bool) throws {
    let fixture = try RunFixture(rows: 400)
    let alone = try StepScene(fixture, Self.change("autoloss"))
    try alone.train(0..<4)
    let mixed = try Mixed(fixture, Self.change("autoloss"))
    for step in 0..<4 {
      try mixed.updateController(step)
      let work = Work(step: UInt64(step), slices: 0..<4)
      let unit = mixed.units[step % 2]
      if isPulledFirst { mixed.pull(work) }
      mixed.read(unit, work)
      // The rows are asked for one after the other, or together.
      mixed.owner.prepare(isPulledFirst ? [work] : [], own: [unit.rows(work)])
      if !isPulledFirst { mixed.pull(work) }
      mixed.compute(unit, work)
      if isOwn {
        mixed.owner.keep(own: unit.contributions, work)
      } else {
        try mixed.push(work)
      }
      mixed.owner.apply()
      unit.release()
    }
    #expect(mixed.scene.parts.checksum() == alone.parts.checksum())
  }

  @Test func whatCannotBeReadIsTold() throws {
    let fixture = try RunFixture(rows: 400)
    let mixed = try Mixed(fixture, Self.change("fixed:ce"))
    try fixture.damageShards()
    let (unit, work) = (mixed.units[0], Work(step: 0, slices: 0..<1))
    unit.begin(Lease(work: work, attempt: 0, milliseconds: 1000))
    #expect(unit.read(0, of: work, source: mixed.scene.setup.source, member: mixed.member))
    #expect(unit.sentence?.contains("train-") == true, "\(unit.sentence ?? "")")
    unit.release()
    #expect(unit.stage == .free && unit.lease == nil)
  }

  @Test func aGradientThatIsNotFiniteIsTold() throws {
    let mixed = try Mixed(RunFixture(rows: 400), Self.change("fixed:ce"))
    let (unit, work) = (mixed.units[0], Work(step: 0, slices: 2..<3))
    mixed.read(unit, work)
    mixed.owner.prepare([], own: [unit.rows(work)])
    mixed.scene.parts.store.dense.weights.fill(.infinity)
    unit.take(from: mixed.scene.parts.store, nil)
    #expect(unit.compute(0, of: work, member: mixed.member))
    let error = try #require(unit.gradientError)
    #expect((error.step, error.slice) == (0, 2))
  }
}
