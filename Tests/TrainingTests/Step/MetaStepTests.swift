import Kernels
import Search
import Testing

@testable import Datasets
@testable import Training

@Suite struct MetaStepTests {
  /// What is noted of the candidates is the derivative of the query's loss after the step for the
  /// weights of the step, by differences of the whole two-level map; examples of the support are
  /// compared with each other alone.
  @Test(
    arguments: [
      (2, ["ce", "mse", "focal"]), (5, ["ce", "mse", "focal"]),
      (2, ["ce", "pair", "list_ce:alpha=0.5"]), (2, ["jrc", "ce", "pair"]),
    ])
  func signalsAreTheSlopeOfTheTwoLevelMap(classes: Int, candidates: [String]) throws {
    let scene = try StepScene(RunFixture(rows: 400, classes: classes)) {
      $0.loss = "melu:rate=0.25"
      $0.search.candidates = candidates
      $0.model.dropout = 0
      $0.train.batchSize = 256
    }
    // Away from the start, where the network does not yet say anything.
    try scene.train(0..<8)
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let slot = SliceSlot(parts.trainingSizes)
    try scene.setup.source.readTraining(step: 0, slice: 1, into: slot, index: member.index)
    let start: [Float] = [0.2, -0.3, 0.4]
    func queryLoss(_ parameters: [Float]) throws -> Double {
      parts.store.peek(slot.unique, into: member.rows)
      member.train(
        slot, step: 0, dense: parts.store.dense.weights, statistics: parts.store.statistics,
        controller: ControllerState(dense: Floats(parameters), statistics: Floats(count: 0)))
      return try #require(member.meta).queryLoss
    }
    let quotients = try (0..<3).map { place in
      var (up, down) = (start, start)
      up[place] += 0.1
      down[place] -= 0.1
      return try (queryLoss(up) - queryLoss(down)) / 0.2
    }
    _ = try queryLoss(start)
    let gradient = Floats(count: 3)
    let lesson = parts.strategy.learn(
      from: slot.sums, steps: 0, every: 7,
      state: ControllerState(dense: Floats(start), statistics: Floats(count: 0)),
      gradient: gradient)
    guard case .gradient = lesson else {
      Issue.record("the strategy learned nothing")
      return
    }
    let scale = quotients.map(\.magnitude).max() ?? 0
    #expect(scale > 1e-6)
    for place in 0..<3 {
      let slope = 0.25 * Double(gradient[place])
      #expect(abs(slope - quotients[place]) < 0.05 * scale, "\(slope) and \(quotients[place])")
    }
  }

  /// A slice of one row has nothing to ask, one of none nothing to do.
  @Test(arguments: [0, 1])
  func fewRowsTeachNothing(rows: Int) throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "melu" }
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let slot = SliceSlot(parts.trainingSizes)
    try scene.setup.source.readTraining(step: 0, slice: 1, into: slot, index: member.index)
    slot.rows.count = rows
    parts.store.peek(slot.unique, into: member.rows)
    member.train(
      slot, step: 0, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: parts.controller?.state)
    #expect(slot.sums.rows == rows && slot.sums.losses.allSatisfy { $0 == 0 })
    #expect(slot.denseGradient.array.allSatisfy { $0 == 0 })
  }
}
