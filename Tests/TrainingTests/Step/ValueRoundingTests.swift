import Kernels
import Optimization
import Testing

@testable import Training

@Suite struct ValueRoundingTests {
  private static func scene(
    _ pulled: RunConfiguration.PulledValues, _ pushed: RunConfiguration.PushedValues
  ) throws -> StepScene {
    try StepScene(RunFixture(rows: 400)) {
      $0.loss = "autoloss"
      $0.cluster.pullValues = pulled
      $0.cluster.pushValues = pushed
    }
  }

  private func bits(_ view: Floats) -> [UInt32] { view.array.map(\.bitPattern) }

  @Test func withoutRoundingNothingIsCopied() throws {
    let parts = try Self.scene(.fp32, .fp32).parts
    let rounding = ValueRounding(parts: parts)
    let weights = parts.store.dense.weights
    let same = rounding.rounded(dense: weights)
    weights[0] = 0.123_456_7
    #expect(bits(same) == bits(weights))
    let slot = SliceSlot(parts.trainingSizes)
    slot.denseGradient.fill(0.123_456_7)
    rounding.roundGradients(of: slot, step: 0)
    #expect(slot.denseGradient.array.allSatisfy { $0 == 0.123_456_7 })
  }

  @Test(arguments: [RunConfiguration.PulledValues.fp16, .bf16])
  func parametersAreRoundedAndTheOwnersStayAsTheyAre(values: RunConfiguration.PulledValues) throws {
    let parts = try Self.scene(values, .fp32).parts
    let rounding = ValueRounding(parts: parts)
    let before = parts.checksum()
    let once = Floats(rounding.rounded(dense: parts.store.dense.weights).array)
    let error: Float = values == .fp16 ? 0x1p-11 : 0x1p-8
    for (rounded, exact) in zip(once.array, parts.store.dense.weights.array) {
      #expect(abs(rounded - exact) <= error * abs(exact) + 0x1p-24)
    }
    #expect(bits(once) != bits(parts.store.dense.weights))
    #expect(bits(rounding.rounded(dense: once)) == bits(once))
    rounding.round(rows: once)
    #expect(bits(rounding.rounded(dense: once)) == bits(once))
    let state = try #require(parts.controller?.state)
    let controller = try #require(rounding.rounded(controller: state))
    #expect(bits(controller.dense) != bits(state.dense))
    #expect(bits(controller.statistics) == bits(state.statistics))
    #expect(parts.checksum() == before)
  }

  /// The chance of a slice is its own, and the same each time.
  @Test func gradientsAreRoundedTheSameWayEachTime() throws {
    let parts = try Self.scene(.fp32, .int8).parts
    let rounding = ValueRounding(parts: parts)
    func rounded(step: Int) -> [UInt32] {
      let slot = SliceSlot(parts.trainingSizes)
      for index in 0..<slot.denseGradient.count { slot.denseGradient[index] = 1 / Float(index + 3) }
      rounding.roundGradients(of: slot, step: step)
      return bits(slot.denseGradient)
    }
    #expect(rounded(step: 4) == rounded(step: 4))
    #expect(rounded(step: 4) != rounded(step: 5))
  }

  /// Owners cut the dense vector between groups, never inside one.
  @Test func groupsAreNotCut() throws {
    let dense = try Self.scene(.fp32, .int8).parts.store.dense
    for owners in 1...7 {
      for owner in 0..<owners {
        #expect(
          dense.range(chunk: owner, of: owners).lowerBound % Codec.denseGroup == 0
            || dense.range(chunk: owner, of: owners).isEmpty)
      }
    }
  }

  /// A gradient that is not a number is found, and named, in every form.
  @Test(arguments: [RunConfiguration.PushedValues.fp16, .bf16, .int8])
  func gradientsThatAreNotFiniteStayWhereTheyAre(values: RunConfiguration.PushedValues) throws {
    let scene = try Self.scene(.fp32, values)
    let slot = scene.compute.current.slices[0]
    slot.denseGradient[37] = .nan
    slot.denseGradient[3] = 1
    ValueRounding(parts: scene.parts).roundGradients(of: slot, step: 0)
    let error = #expect(throws: GradientError.self) {
      try scene.parts.store.validate(slot.contribution, step: 0, slice: 0)
    }
    guard case .dense(37, _) = error?.place else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
