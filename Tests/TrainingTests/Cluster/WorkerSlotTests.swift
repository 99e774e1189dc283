import Kernels
import Messages
import Testing

@testable import Training

@Suite struct WorkerSlotTests {
  /// What the coordinator answers to the pull of a slot.
  static func answer(_ parts: RunParts, _ pull: Pull) -> Parameters {
    let rows = Floats(count: pull.ids.count * parts.program.rowWidth)
    parts.store.peek(pull.ids, into: rows)
    let none = Floats(count: 0)
    return Parameters(
      rows: rows, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: parts.controller?.dense.weights ?? none,
      controllerStatistics: parts.controller?.statistics ?? none)
  }

  private func bits(_ view: Floats) -> [UInt32] { view.array.map(\.bitPattern) }

  @Test(arguments: ["fixed:ce", "al2", "autoloss"])
  func computesWhatThreadsCompute(loss: String) throws {
    let scene = try StepScene(RunFixture()) { $0.loss = loss }
    try scene.train(0..<3)
    let parts = scene.parts
    let width = parts.program.rowWidth
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let local = SliceSlot(parts.trainingSizes)
    try scene.setup.source.readTraining(step: 3, slice: 2, into: local, index: member.index)
    parts.store.peek(local.unique, into: member.rows)
    member.train(
      local, step: 3, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: parts.controller?.state)

    let remote = try RunParts(
      parts.configuration, fieldSizes: scene.setup.dataset.fieldSizes, holding: .none)
    let worker = ComputeMember(parts: remote, capacity: remote.sliceCapacity)
    let slot = WorkerSlot(parts: remote)
    try slot.prepare(step: 3, slice: 2, source: scene.setup.source, member: worker)
    #expect(slot.shares[0].pull.ids.array == local.unique.array.sorted())
    let answer = Self.answer(parts, slot.shares[0].pull)
    #expect(slot.defect(answer, seat: 0) == nil)
    slot.shares[0].answer = answer
    #expect(slot.isAnswered)
    slot.controllerVersion = 5
    slot.compute(step: 3, member: worker)

    let push = slot.push(seat: 0)
    #expect(push.controllerVersion == 5)
    #expect(push.idCount == UInt32(local.unique.count))
    #expect(push.idChecksum == slot.shares[0].pull.checksum)
    #expect(push.sums == PushSums.list(local.sums))
    #expect(bits(slot.slice.denseGradient) == bits(local.denseGradient))
    #expect(bits(slot.slice.batchStatistics) == bits(local.batchStatistics))
    for (place, id) in local.unique.array.enumerated() {
      let sorted = try #require(slot.shares[0].pull.ids.array.firstIndex(of: id))
      #expect(
        bits(slot.slice.rowGradients.slice(sorted * width, width))
          == bits(local.rowGradients.slice(place * width, width)))
    }
  }

  @Test func answersOfOtherLengthsAreRefused() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "autoloss" }
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let slot = WorkerSlot(parts: parts)
    try slot.prepare(step: 0, slice: 0, source: scene.setup.source, member: member)
    let answer = Self.answer(parts, slot.shares[0].pull)
    for part in Parameters.Part.allCases {
      let views = Parameters.Part.allCases.map { other in
        Floats(count: answer.count(other) - (other == part ? 1 : 0))
      }
      let short = Parameters(
        rows: views[0], dense: views[1], statistics: views[2], controller: views[3],
        controllerStatistics: views[4])
      let count = answer.count(part)
      #expect(slot.defect(short, seat: 0) == "it has \(count - 1) numbers where \(count) belong")
    }
  }
}
