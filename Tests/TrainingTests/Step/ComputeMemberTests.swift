import Kernels
import Models
import Optimization
import TestSupport
import Testing

@testable import Training

@Suite struct ComputeMemberTests {
  /// One slice of a run, computed by hand.
  private struct SliceScene {
    let scene: StepScene
    let member: ComputeMember
    let slot: SliceSlot

    init(_ change: (inout RunConfiguration) -> Void) throws {
      scene = try StepScene(RunFixture(rows: 400), change)
      member = ComputeMember(parts: scene.parts, capacity: scene.parts.sliceCapacity)
      slot = SliceSlot(scene.parts.trainingSizes)
    }

    func read(step: Int, slice: Int) throws {
      try scene.setup.source.readTraining(
        step: step, slice: slice, into: slot, index: member.index)
    }

    /// Mean loss of the slice's batch rows with these dense weights; leaves the gradients.
    func loss(_ dense: Floats, step: Int = 0) -> Double {
      scene.parts.store.read(slot.unique, into: member.rows)
      member.train(
        slot, step: step, dense: dense, statistics: scene.parts.store.statistics,
        controller: scene.parts.controller?.state)
      return slot.sums.loss / Double(slot.batchRows)
    }
  }

  /// Losses whose weights are constants: the gradient is that of the weighted loss itself.
  @Test(arguments: ["fixed:ce", "al1"], ModelKind.allCases)
  func theGradientIsTheSlopeOfTheLoss(loss: String, model: ModelKind) throws {
    let scene = try SliceScene {
      $0.loss = loss
      $0.take(model)
      $0.search.candidates = ["ce", "kl"]
    }
    try scene.read(step: 1, slice: 2)
    let dense = scene.scene.parts.store.dense.weights
    _ = scene.loss(dense)
    let gradient = scene.slot.denseGradient.array
    let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(length > 1e-4)
    func lossMoved(by distance: Double) -> Double {
      let moved = zip(dense.array, gradient).map {
        $0 + Float(distance * Double($1) / length)
      }
      return scene.loss(Floats(moved))
    }
    let slope = (lossMoved(by: 0.001) - lossMoved(by: -0.001)) / 0.002
    #expect(abs(slope - length) < 0.03 * length, "slope \(slope), gradient \(length)")
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func nothingOfAnotherSliceStaysBehind(loss: String) throws {
    let scene = try SliceScene { $0.loss = loss }
    let dense = scene.scene.parts.store.dense.weights
    func gradients(step: Int, slice: Int) throws -> [[Float]] {
      try scene.read(step: step, slice: slice)
      _ = scene.loss(dense, step: step)
      let used = scene.slot.unique.count * scene.scene.parts.program.rowWidth
      return [
        scene.slot.rowGradients.slice(0, used).array, scene.slot.denseGradient.array,
        scene.slot.batchStatistics.array, scene.slot.sums.shares.map { Float($0) },
      ]
    }
    let alone = try gradients(step: 1, slice: 2)
    let other = try gradients(step: 3, slice: 0)
    #expect(other != alone)
    #expect(try gradients(step: 1, slice: 2) == alone)
  }

  @Test func validationLeavesTheGradientOfTheController() throws {
    let scene = try SliceScene { $0.loss = "autoloss" }
    let parts = scene.scene.parts
    let slot = SliceSlot(try #require(parts.validationSizes))
    let controller = try #require(parts.controller)
    try scene.scene.setup.source.readValidation(
      batch: 0, slice: 1, into: slot, index: scene.member.index)
    let statistics = parts.store.statistics.array
    parts.store.peek(slot.unique, into: scene.member.rows)
    scene.member.validate(
      slot, step: 0, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: controller.state)
    #expect(slot.denseGradient.count == controller.dense.count)
    #expect(slot.denseGradient.array.contains { $0 != 0 })
    #expect(slot.sums.rows == slot.rows.count)
    #expect(parts.store.statistics.array == statistics)
  }
}
