import Cluster
import Kernels
import Messages
import Optimization
import Testing

@testable import Training

/// Servers as objects: the same bits as one store that owns everything.
@Suite struct ServerJobTests {
  /// A run in one store, and the same run on servers.
  private struct Served {
    let alone: StepScene
    let copy: RunParts
    let jobs: [ServerJob]
    let unit: WorkerUnit
    let member: ComputeMember

    init(servers: Int, loss: String = "fixed:ce") throws {
      alone = try StepScene(RunFixture()) { $0.loss = loss }
      let parts = alone.parts
      copy = try RunParts(parts.configuration, fieldSizes: alone.setup.dataset.fieldSizes)
      let assignment = { (seat: Int) in
        Assignment(
          seat: UInt32(seat), servers: UInt32(servers),
          slices: UInt32(parts.configuration.train.slices),
          configuration: parts.configuration.yaml, dataAddress: "tcp://127.0.0.1:1",
          fieldSizes: parts.schema.fieldSizes.map(UInt32.init))
      }
      jobs = try (0..<servers).map { try ServerJob(assignment($0), version: 0, threads: 2) }
      unit = WorkerUnit(parts: parts, servers: servers)
      member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    }

    /// The values of a server's part of `copy`, in pieces of `count` rows.
    func pieces(seat: Int, count: Int) -> [Contents] {
      let map = PartitionMap(servers: jobs.count)
      let store = copy.store
      let share = RowShare(rowCount: copy.schema.rowCount) { map.owner(of: $0) == seat }
      let owned = store.dense.range(chunk: seat, of: jobs.count)
      return stride(from: 0, to: share.count, by: count).map { first in
        let ids = share.ids.slice(first, min(count, share.count - first))
        let rows = Floats(count: ids.count * store.rows.rawWidth)
        store.rows.copyRaw(ids, into: rows)
        guard first + ids.count == share.count else {
          return Contents(first: UInt64(first), rows: rows)
        }
        return Contents(
          first: UInt64(first), isLast: true, rows: rows,
          dense: store.dense.weights.slice(owned.lowerBound, owned.count),
          denseState: store.dense.state(of: owned),
          statistics: seat == 0 ? store.statistics : Floats(count: 0))
      }
    }

    func restore() {
      for (seat, job) in jobs.enumerated() {
        for piece in pieces(seat: seat, count: 7) {
          #expect(job.restore(piece))
          #expect(!job.restore(piece) || job.rowCount == 0, "a piece counts once")
        }
        #expect(job.restoredRows == job.rowCount)
      }
    }

    /// Computes a unit as a worker does.
    func deliver(_ slices: Range<Int>, step: Int) throws {
      let work = Work(step: UInt64(step), slices: slices)
      WorkerUnitTests.prepare(unit, step: step, slices, alone.setup.source, member)
      for (seat, job) in jobs.enumerated() {
        #expect(job.owner.note(unit.shares[seat].pull, work) == nil)
        job.owner.prepare([work])
        let answer = try #require(job.owner.answer(work, controller: nil))
        #expect(answer.version == UInt64(step))
        #expect(unit.defect(answer, seat: seat) == nil)
        unit.shares[seat].answer = answer
      }
      WorkerUnitTests.compute(unit, step: step, member)
      for (seat, job) in jobs.enumerated() {
        let push = unit.push(seat: seat)
        #expect(job.owner.defect(push, work) == nil)
        try job.owner.keep(push, work)
      }
    }

    /// Copies everything back from the servers.
    func collect() throws {
      let map = PartitionMap(servers: jobs.count)
      let store = copy.store
      for (seat, job) in jobs.enumerated() {
        let share = RowShare(rowCount: copy.schema.rowCount) { map.owner(of: $0) == seat }
        let contents = try #require(
          job.contents(Fetch(first: 0, count: UInt32(share.count), withDense: true)))
        let rows = Floats(count: share.count * store.rows.rawWidth)
        contents.copy(.rows, into: rows)
        store.rows.restoreRaw(share.ids, from: rows)
        let owned = store.dense.range(chunk: seat, of: jobs.count)
        contents.copy(.dense, into: store.dense.weights.slice(owned.lowerBound, owned.count))
        let state = Floats(count: contents.count(.denseState))
        contents.copy(.denseState, into: state)
        store.dense.setState(of: owned, to: state)
        if seat == 0 { contents.copy(.statistics, into: store.statistics) }
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func serversMoveParametersByTheSameBits(servers: Int) throws {
    // Each step is cut in another way, and its last unit comes first.
    let cuts = [[0..<4], [0..<2, 2..<4], [0..<1, 1..<2, 2..<4], [0..<1, 1..<2, 2..<3, 3..<4]]
    let served = try Served(servers: servers)
    served.restore()
    for step in 0..<6 {
      for slices in cuts[step % cuts.count].reversed() {
        try served.deliver(slices, step: step)
      }
      for job in served.jobs { job.owner.apply() }
    }
    try served.alone.train(0..<6)
    try served.collect()
    served.copy.store.resume(at: 6)
    #expect(served.copy.checksum() == served.alone.parts.checksum())
  }

  @Test func whatDoesNotFitIsNotTaken() throws {
    let served = try Served(servers: 2)
    let pieces = served.pieces(seat: 0, count: 7)
    #expect(!served.jobs[0].restore(pieces[1]), "the first piece is missing")
    #expect(!served.jobs[1].restore(pieces[pieces.count - 1]), "of another seat")
    served.restore()
    let job = served.jobs[0]
    let theirs = try #require(
      (0..<UInt32(served.copy.schema.rowCount)).first { RowTable.partition(of: $0) >= 128 })
    #expect(
      job.owner.note(Pull(ids: View([theirs])), Work(step: 0, slice: 0))
        == "it asks for rows that another server owns")
    let none = Pull(ids: View([]))
    #expect(
      job.owner.note(none, Work(step: 0, slice: 99)) == "a step has no unit of slice 99 of step 0")
    #expect(job.owner.note(none, Work(step: 9, slice: 0)) == nil, "of no step that counts")
    #expect(job.owner.answer(Work(step: 9, slice: 0), controller: nil) == nil)
    #expect(job.contents(Fetch(ids: View([theirs]))) == nil)
    #expect(job.contents(Fetch(first: 0, count: .max, withDense: false)) == nil)
    #expect(
      job.owner.answer(Work(step: 0, slice: 1), controller: nil) == nil, "nobody pulled it")
  }

  /// As many steps are open as `ServerState` lets come, and one more for pulls.
  @Test(arguments: [0, 2])
  func stepsAheadAreOpen(staleness: UInt32) throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let parts = scene.parts
    var assignment = Assignment(
      seat: 0, servers: 1, slices: 4, staleness: staleness,
      configuration: parts.configuration.yaml, dataAddress: "tcp://127.0.0.1:1",
      fieldSizes: parts.schema.fieldSizes.map(UInt32.init))
    let job = try ServerJob(assignment, version: 5, threads: 1)
    let outside = Pull(ids: View([UInt32(parts.schema.rowCount)]))
    let open = (0..<20 as Range<UInt64>).filter {
      job.owner.note(outside, Work(step: $0, slice: 0)) != nil
    }
    #expect(open == Array(5..<9 + UInt64(staleness)))
    assignment.slices = 5
    let error = #expect(throws: Failure.self) {
      try ServerJob(assignment, version: 5, threads: 1)
    }
    #expect(error?.exitCode == .refused)
  }

  /// Numbers from the wire may be anything; none of them may end the process.
  @Test(arguments: [1 << 32, 1 << 53, 1 << 63, .max] as [UInt64], [0, 1, 2, 3])
  func numbersWithoutSenseAreRefused(version: UInt64, kind: Int) throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    var assignment = Assignment(
      seat: 0, servers: 1, slices: 4, configuration: scene.parts.configuration.yaml,
      dataAddress: "tcp://127.0.0.1:1",
      fieldSizes: scene.parts.schema.fieldSizes.map(UInt32.init))
    let sizes: [[UInt32]] = [assignment.fieldSizes, [], [3, 0], [.max, .max]]
    assignment.fieldSizes = sizes[kind]
    let error = #expect(throws: Failure.self) {
      try ServerJob(assignment, version: kind == 0 ? version : 5, threads: 1)
    }
    #expect(error?.exitCode == .refused)
    #expect(error?.what.hasPrefix("the coordinator speaks of ") == true)
  }

  /// What is captured is told as it was, piece by piece, although steps go on.
  @Test(arguments: [1, 3])
  func whatIsCapturedStays(servers: Int) throws {
    let served = try Served(servers: servers)
    served.restore()
    try served.deliver(0..<4, step: 0)
    for job in served.jobs { job.owner.apply() }
    let before = try served.jobs.map {
      try #require($0.contents(Fetch(first: 0, count: UInt32($0.rowCount), withDense: true)))
    }
    let expected = before.map { contents in Contents.Part.allCases.map { bits(contents, $0) } }
    for job in served.jobs { job.beginCapture() }
    for step in 1..<4 {
      try served.deliver(0..<4, step: step)
      for job in served.jobs { job.owner.apply() }
    }
    for (seat, job) in served.jobs.enumerated() {
      let parts = try captured(job)
      #expect(parts.map { $0 == expected[seat][0] } == [true, true])
      let first = try #require(
        job.captured(Fetch(first: UInt64(job.rowCount), count: 0, withDense: true)))
      let values = Contents.Part.allCases.map { bits(first, $0) }
      #expect(values.dropFirst() == expected[seat].dropFirst())
      job.endCapture()
      let now = try #require(
        job.contents(Fetch(first: 0, count: UInt32(job.rowCount), withDense: false)))
      #expect(bits(now, .rows) != expected[seat][0])
    }
  }

  /// Takes all rows of a capture in pieces, each twice: it may have been lost on the way.
  private func captured(_ job: ServerJob) throws -> [[UInt32]] {
    var (once, twice): ([UInt32], [UInt32]) = ([], [])
    let count = max(1, job.rowCount / 9)
    for first in stride(from: 0, to: job.rowCount, by: count) {
      let fetch = Fetch(
        first: UInt64(first), count: UInt32(min(count, job.rowCount - first)), withDense: false)
      #expect(job.captured(Fetch(first: UInt64(first + 1), count: 1, withDense: false)) == nil)
      once += bits(try #require(job.captured(fetch)), .rows)
      twice += bits(try #require(job.captured(fetch)), .rows)
    }
    let old = Fetch(first: 0, count: UInt32(count), withDense: false)
    #expect(job.captured(old) == nil, "what was taken long ago has come")
    #expect(job.captured(Fetch(first: 0, count: .max, withDense: false)) == nil)
    #expect(job.captured(Fetch(ids: View([0]))) == nil)
    return [once, twice]
  }

  private func bits(_ contents: Contents, _ part: Contents.Part) -> [UInt32] {
    let numbers = Floats(count: contents.count(part))
    contents.copy(part, into: numbers)
    return numbers.array.map(\.bitPattern)
  }

  @Test func rowsCanBeAskedForByTheirIds() throws {
    let served = try Served(servers: 2)
    served.restore()
    let mine = (0..<UInt32(served.copy.schema.rowCount)).filter {
      RowTable.partition(of: $0) < 128
    }
    let ids = View([mine[1], mine[3]])
    let contents = try #require(served.jobs[0].contents(Fetch(ids: ids)))
    let rows = Floats(count: 2 * served.copy.store.rows.rawWidth)
    contents.copy(.rows, into: rows)
    let expected = Floats(count: rows.count)
    served.copy.store.rows.copyRaw(ids, into: expected)
    #expect(rows.array.map(\.bitPattern) == expected.array.map(\.bitPattern))
    #expect(contents.count(.statistics) == served.copy.store.statistics.count)
  }
}
