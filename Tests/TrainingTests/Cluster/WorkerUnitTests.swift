import Foundation
import Kernels
import Messages
import Testing

@testable import Training

extension Parameters {
  /// A part in memory of its own.
  fileprivate func view(_ part: Part) -> Floats {
    let target = Floats(count: count(part))
    copy(part, into: target)
    return target
  }
}

@Suite struct WorkerUnitTests {
  /// What the coordinator answers to the pull of a unit.
  static func answer(_ parts: RunParts, _ pull: Pull) -> Parameters {
    let rows = Floats(count: pull.ids.count * parts.program.rowWidth)
    parts.store.peek(pull.ids, into: rows)
    let none = Floats(count: 0)
    return Parameters(
      version: UInt64(parts.store.version),
      controllerVersion: UInt64(parts.controller?.updates ?? 0),
      codec: parts.configuration.cluster.pullCodec, rows: rows,
      dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: parts.controller?.dense.weights ?? none,
      controllerStatistics: parts.controller?.statistics ?? none)
  }

  /// Reads a unit in this thread, the slices in any order.
  static func prepare(
    _ unit: WorkerUnit, step: Int, _ slices: Range<Int>, _ source: BatchSource,
    _ member: ComputeMember
  ) {
    unit.reserve(slices.count)
    for slice in slices.reversed() {
      let outcome = unit.prepare(
        step: step, slice: slice, of: slices, source: source, member: member)
      guard slice == slices.lowerBound else {
        #expect(outcome == nil, "the last slice that is read reports")
        continue
      }
      guard case .prepared = outcome else {
        Issue.record("not prepared")
        return
      }
    }
  }

  /// Computes a unit in this thread, the slices in any order.
  static func compute(_ unit: WorkerUnit, step: Int, _ member: ComputeMember) {
    unit.unpack()
    for place in (0..<unit.count).reversed() {
      let isLast = unit.compute(step: step, place: place, member: member)
      #expect(isLast == (place == 0), "the last slice that is computed reports")
    }
  }

  private func bits(_ view: Floats) -> [UInt32] { view.array.map(\.bitPattern) }

  private func numbers(_ push: Push, _ part: Push.Part) -> Floats {
    let target = Floats(count: push.count(part))
    push.copy(part, into: target)
    return target
  }

  /// A slice as threads of the run itself compute it.
  private func local(_ scene: StepScene, step: Int, slice: Int) throws -> SliceSlot {
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let slot = SliceSlot(parts.trainingSizes)
    try scene.setup.source.readTraining(step: step, slice: slice, into: slot, index: member.index)
    parts.store.peek(slot.unique, into: member.rows)
    member.train(
      slot, step: step, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: parts.controller?.state)
    return slot
  }

  @Test(arguments: ["fixed:ce", "al2", "autoloss"])
  func computesWhatThreadsCompute(loss: String) throws {
    let scene = try StepScene(RunFixture()) { $0.loss = loss }
    try scene.train(0..<3)
    let parts = scene.parts
    let width = parts.program.rowWidth
    let locals = try (0..<4).map { try local(scene, step: 3, slice: $0) }

    let remote = try RunParts(
      parts.configuration, fieldSizes: scene.setup.dataset.fieldSizes, holding: .none)
    let member = ComputeMember(parts: remote, capacity: remote.sliceCapacity)
    let unit = WorkerUnit(parts: remote)
    // One after the other in the same buffers: small, large, small.
    for slices in [2..<3, 0..<4, 2..<4, 0..<1] {
      Self.prepare(unit, step: 3, slices, scene.setup.source, member)
      let ids = unit.shares[0].pull.ids.array
      let expected = locals[slices]
      #expect(ids == Set(expected.flatMap(\.unique.array)).sorted())
      #expect(unit.examples == expected.reduce(0) { $0 + $1.rows.count })
      let answer = Self.answer(parts, unit.shares[0].pull)
      #expect(unit.defect(answer, seat: 0) == nil)
      #expect(!unit.isAnswered)
      unit.shares[0].answer = answer
      #expect(unit.isAnswered)
      Self.compute(unit, step: 3, member)

      let push = unit.push(seat: 0)
      #expect(push.delivery.version == 3)
      #expect(push.delivery.controllerVersion == UInt64(parts.controller?.updates ?? 0))
      #expect(push.idCount == UInt32(ids.count))
      #expect(push.idChecksum == unit.shares[0].pull.checksum)
      #expect(push.delivery.sums == PushSums.list(expected.map(\.sums)))
      #expect(unit.pushBytes == 4 * Push.Part.allCases.reduce(0) { $0 + push.count($1) })

      for (part, vectors) in [
        (Push.Part.denseGradient, expected.map(\.denseGradient)),
        (Push.Part.batchStatistics, expected.map(\.batchStatistics)),
      ] {
        let total = Floats(count: push.count(part))
        GradientTree.sum(vectors, range: 0..<total.count, into: total)
        #expect(bits(numbers(push, part)) == bits(total))
      }
      let rows = numbers(push, .rowGradients)
      for (place, id) in ids.enumerated() {
        let vectors = expected.map { slot in
          slot.unique.array.firstIndex(of: id).map {
            slot.rowGradients.slice($0 * width, width)
          }
        }
        let total = Floats(count: width)
        GradientTree.sum(vectors, range: 0..<width, into: total)
        #expect(bits(rows.slice(place * width, width)) == bits(total))
      }
    }
  }

  /// A message as its receiver finds it.
  private func received(_ body: Body) throws -> Body {
    var assembler = MessageAssembler()
    var whole: Message?
    for frame in Message(body).frames() {
      whole = try assembler.accept(frame, from: 1, atMilliseconds: 0)
    }
    return try #require(whole).body
  }

  /// What arrives of rounded gradients are the bits that threads of the run itself have, however
  /// many owners share them.
  @Test(
    arguments: [(.fp16, .fp16), (.bf16, .bf16), (.fp16, .int8), (.fp32, .int8)]
      as [(RunConfiguration.PulledValues, RunConfiguration.PushedValues)], [0, 3])
  func whatArrivesIsWhatThreadsHave(
    values: (RunConfiguration.PulledValues, RunConfiguration.PushedValues), servers: Int
  ) throws {
    let scene = try StepScene(RunFixture()) {
      $0.loss = "al2"
      ($0.cluster.pullValues, $0.cluster.pushValues) = values
    }
    try scene.train(0..<3)
    let parts = scene.parts
    let width = parts.program.rowWidth
    let local = try local(scene, step: 3, slice: 2)
    let remote = try RunParts(
      parts.configuration, fieldSizes: scene.setup.dataset.fieldSizes, holding: .none)
    let member = ComputeMember(parts: remote, capacity: remote.sliceCapacity)
    let unit = WorkerUnit(parts: remote, servers: servers)
    Self.prepare(unit, step: 3, 2..<3, scene.setup.source, member)
    let controller = Self.answer(parts, Pull(ids: View([])))
    for (seat, share) in unit.shares.enumerated() {
      let whole = Self.answer(parts, share.pull)
      let none = Floats(count: 0)
      let part = Parameters(
        version: 3, codec: whole.codec, rows: whole.view(.rows),
        dense: parts.store.dense.weights.slice(share.dense.lowerBound, share.dense.count),
        statistics: share.hasStatistics ? parts.store.statistics : none,
        controller: none, controllerStatistics: none)
      guard case .rows(let answer) = try received(.rows(servers == 0 ? whole : part)) else {
        Issue.record("no answer")
        return
      }
      #expect(unit.defect(answer, seat: seat) == nil)
      share.answer = answer
    }
    if servers > 0 {
      unit.controllerAnswer = Parameters(
        version: 3, codec: controller.codec, rows: Floats(count: 0), dense: Floats(count: 0),
        statistics: Floats(count: 0), controller: controller.view(.controller),
        controllerStatistics: controller.view(.controllerStatistics))
    }
    Self.compute(unit, step: 3, member)

    let order = local.unique.array
    var bytes = 0
    for (seat, share) in unit.shares.enumerated() {
      guard case .push(let push) = try received(.push(unit.push(seat: seat))) else {
        Issue.record("no push")
        return
      }
      #expect(push.codec == parts.configuration.cluster.pushCodec)
      let dense = local.denseGradient.slice(share.dense.lowerBound, share.dense.count)
      #expect(bits(numbers(push, .denseGradient)) == bits(dense))
      let rows = numbers(push, .rowGradients)
      for (place, id) in share.pull.ids.array.enumerated() {
        let own = try #require(order.firstIndex(of: id))
        #expect(
          bits(rows.slice(place * width, width))
            == bits(local.rowGradients.slice(own * width, width)), "row \(id)")
      }
      bytes += push.count(.rowGradients) + push.count(.denseGradient)
    }
    #expect(unit.pushBytes < 3 * bytes, "fewer bytes than four a number")
  }

  @Test func answersInAnotherFormAreRefused() throws {
    let scene = try StepScene(RunFixture(rows: 400)) {
      $0.loss = "fixed:ce"
      $0.cluster.pullValues = .fp16
    }
    let unit = WorkerUnit(parts: scene.parts)
    let none = Floats(count: 0)
    let answer = Parameters(
      version: 0, rows: none, dense: none, statistics: none, controller: none,
      controllerStatistics: none)
    #expect(
      unit.defect(answer, seat: 0)
        == "its numbers are written as float32 where float16 is agreed")
  }

  @Test func answersOfOtherLengthsAreRefused() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "autoloss" }
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let unit = WorkerUnit(parts: parts)
    Self.prepare(unit, step: 0, 0..<2, scene.setup.source, member)
    let answer = Self.answer(parts, unit.shares[0].pull)
    for part in Parameters.Part.allCases {
      let views = Parameters.Part.allCases.map { other in
        Floats(count: answer.count(other) - (other == part ? 1 : 0))
      }
      let short = Parameters(
        version: 0, rows: views[0], dense: views[1], statistics: views[2], controller: views[3],
        controllerStatistics: views[4])
      let count = answer.count(part)
      #expect(unit.defect(short, seat: 0) == "it has \(count - 1) numbers where \(count) belong")
    }
  }

  /// With servers the controller comes from the coordinator, and the oldest answer counts.
  @Test func aUnitOfSeveralOwnersTellsTheLeastVersion() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "autoloss" }
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let unit = WorkerUnit(parts: parts, servers: 3)
    Self.prepare(unit, step: 0, 0..<2, scene.setup.source, member)
    let none = Floats(count: 0)
    for (seat, share) in unit.shares.enumerated() {
      let answer = Parameters(
        version: UInt64(7 - seat), controllerVersion: 99,
        rows: Floats(count: share.rowCount * parts.program.rowWidth),
        dense: Floats(count: share.dense.count),
        statistics: seat == 0 ? parts.store.statistics : none, controller: none,
        controllerStatistics: none)
      #expect(unit.defect(answer, seat: seat) == nil)
      share.answer = answer
    }
    #expect(unit.asksForController)
    #expect(!unit.isAnswered)
    let whole = Self.answer(parts, Pull(ids: View([])))
    let count = whole.count(.dense)
    #expect(unit.defect(ofController: whole) == "it has \(count) numbers where 0 belong")
    let controller = try #require(parts.controller)
    let answer = Parameters(
      version: 1, controllerVersion: 2, rows: none, dense: none, statistics: none,
      controller: controller.dense.weights, controllerStatistics: controller.statistics)
    #expect(unit.defect(ofController: answer) == nil)
    unit.controllerAnswer = answer
    #expect(unit.isAnswered)
    unit.unpack()
    #expect(unit.delivery.version == 5)
    #expect(unit.delivery.controllerVersion == 2)
    for (number, share) in unit.shares.enumerated() {
      #expect(!unit.isDelivered, "\(number) of 3")
      share.isDelivered = true
    }
    #expect(unit.isDelivered)
  }

  @Test func slicesThatCannotBeReadMakeOneFailure() throws {
    let fixture = try RunFixture(rows: 400)
    let scene = try StepScene(fixture) { $0.loss = "fixed:ce" }
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let unit = WorkerUnit(parts: parts)
    try fixture.damageShards()
    unit.reserve(4)
    var failures: [String] = []
    for slice in 0..<4 {
      switch unit.prepare(
        step: 0, slice: slice, of: 0..<4, source: scene.setup.source, member: member)
      {
      case .failed(let sentence):
        failures.append(sentence)
        #expect(slice == 3, "the last one reports")
      case .prepared: Issue.record("a damaged slice was read")
      case nil: break
      }
    }
    #expect(failures.count == 1)
    #expect(failures.first?.contains("group") == true)
    // The next unit in the same buffers knows nothing of it.
    try fixture.damageShards()
    let repaired = try StepScene(fixture) { $0.loss = "fixed:ce" }
    Self.prepare(unit, step: 0, 0..<4, repaired.setup.source, member)
    #expect(unit.shares[0].rowCount > 0)
  }
}
