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
    let slot: WorkerSlot
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
      slot = WorkerSlot(parts: parts, servers: servers)
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
        let state = Floats(
          (0..<store.dense.rule.stateCount).flatMap { store.dense.ownedState($0, owned).array })
        return Contents(
          first: UInt64(first), isLast: true, rows: rows,
          dense: store.dense.weights.slice(owned.lowerBound, owned.count), denseState: state,
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

    /// Computes slice `number` of a step as a worker does.
    func deliver(_ number: Int, step: Int) throws {
      try slot.prepare(
        step: step, slice: number, source: alone.setup.source, member: member)
      for (seat, job) in jobs.enumerated() {
        let pull = slot.shares[seat].pull
        #expect(job.note(pull, step: UInt64(step), slice: number) == nil)
        let answer = try #require(job.answer(Work(step: UInt64(step), slice: number)))
        #expect(slot.defect(answer, seat: seat) == nil)
        slot.shares[seat].answer = answer
      }
      slot.compute(step: step, member: member)
      for (seat, job) in jobs.enumerated() {
        let push = slot.push(seat: seat)
        #expect(job.defect(push, step: UInt64(step), slice: number) == nil)
        try job.keep(push, Work(step: UInt64(step), slice: number))
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
        for index in 0..<store.dense.rule.stateCount {
          store.dense.ownedState(index, owned)
            .copy(from: state.slice(index * owned.count, owned.count))
        }
        if seat == 0 { contents.copy(.statistics, into: store.statistics) }
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func serversMoveParametersByTheSameBits(servers: Int) throws {
    let served = try Served(servers: servers)
    served.restore()
    for step in 0..<6 {
      for slice in (0..<served.alone.compute.slices).reversed() {
        try served.deliver(slice, step: step)
      }
      for job in served.jobs { job.apply() }
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
      job.note(Pull(ids: View([theirs])), step: 0, slice: 0)
        == "it asks for rows that another server owns")
    #expect(job.note(Pull(ids: View([])), step: 0, slice: 99) == "there is no slice 99")
    #expect(job.note(Pull(ids: View([])), step: 9, slice: 0) == nil, "of no step that counts")
    #expect(job.contents(Fetch(ids: View([theirs]))) == nil)
    #expect(job.contents(Fetch(first: 0, count: .max, withDense: false)) == nil)
    #expect(job.answer(Work(step: 0, slice: 1)) == nil, "nobody pulled it")
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
