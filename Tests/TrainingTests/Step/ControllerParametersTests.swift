import Kernels
import Objectives
import Optimization
import Search
import TestSupport
import Testing

@testable import Training

@Suite struct ControllerParametersTests {
  private static let rule = UpdateRule.adam(learningRate: 0.01, weightDecay: 0.001)

  private func controller() throws -> ControllerParameters {
    var options = SearchOptions()
    options.hidden = [6, 5]
    let strategy = try Strategy("autoloss", options: options)
    return ControllerParameters(
      program: try #require(strategy.controller), rule: Self.rule, seed: 3)
  }

  /// Numbers that differ by update and slice.
  private func numbers(_ count: Int, _ update: Int, _ slice: Int) -> Floats {
    let random = Randomness(seed: 9, purpose: .test, step: UInt64(update))
    return Floats((0..<count).map { random.normal(example: slice, lane: $0) })
  }

  /// Adam moves log precisions along e^o ℓ̄ − 1; a step without examples teaches nothing.
  @Test func learnsFromSteps() throws {
    let strategy = try Strategy("uncertainty", candidates: Loss.list("ce mae"))
    let controller = ControllerParameters(
      program: try #require(strategy.controller), rule: .adam(learningRate: 0.01), seed: 3)
    controller.learn(strategy, from: strategy.noSums, every: 7)
    #expect(controller.updates == 0 && controller.dense.weights.array == [0, 0])
    let sums = StrategySums(counts: [3, 1], loss: 0, shares: [0, 0, 0, 0], losses: [2, 12])
    controller.learn(strategy, from: sums, every: 7)
    #expect(controller.updates == 1)
    // The first step of Adam is its rate, down where the loss is above 1.
    let moved = controller.dense.weights.array
    #expect(abs(moved[0] - 0.01) < 1e-5 && abs(moved[1] + 0.01) < 1e-5)
  }

  @Test func ratesOfLossesAreKeptWithTheParameters() throws {
    let strategy = try Strategy("softadapt:beta=2", candidates: Loss.list("ce mae"))
    let controller = ControllerParameters(
      program: try #require(strategy.controller), rule: .adam(learningRate: 0.01), seed: 3)
    for losses in [[4, 8], [3, 9]] as [[Double]] {
      let sums = StrategySums(
        counts: [2, 2], loss: 0, shares: [0, 0, 0, 0], losses: losses)
      controller.learn(strategy, from: sums, every: 1)
    }
    #expect(controller.updates == 2)
    #expect(controller.dense.weights.array == [-1, 1])
    #expect(controller.statistics.array == [0.75, 2.25, 0, 0])
  }

  /// Adam as its paper writes it, one number at a time, on the sum of the slices' gradients; and
  /// running statistics that keep nine tenths.
  @Test func updatesAsThePlainDefinition() throws {
    let controller = try controller()
    let count = controller.dense.count
    var weights = controller.dense.weights.array.map(Double.init)
    var statistics = controller.statistics.array.map(Double.init)
    var first = [Double](repeating: 0, count: count)
    var second = first
    for update in 1...5 {
      // The second slice of three has no rows at times.
      let gradients = (0..<3).map { slice -> Floats? in
        slice == 1 && update % 2 == 0 ? nil : numbers(count, update, slice)
      }
      let batch = gradients.enumerated().map { slice, gradient in
        gradient.map { _ in numbers(statistics.count, update, 10 + slice) }
      }
      controller.update(slices: 3) { slice in
        gradients[slice].flatMap { gradient in batch[slice].map { (gradient, $0) } }
      }
      let present = gradients.compactMap { $0?.array.map(Double.init) }
      for index in 0..<count {
        let gradient = present.reduce(0) { $0 + $1[index] } + 0.001 * weights[index]
        first[index] = 0.9 * first[index] + 0.1 * gradient
        second[index] = 0.999 * second[index] + 0.001 * gradient * gradient
        let mean = first[index] / (1 - power(0.9, update))
        let square = second[index] / (1 - power(0.999, update))
        weights[index] -= 0.01 * mean / (square.squareRoot() + 1e-8)
      }
      let seen = batch.compactMap { $0?.array.map(Double.init) }
      for index in statistics.indices {
        let mean = seen.reduce(0) { $0 + $1[index] } / Double(seen.count)
        statistics[index] = 0.9 * statistics[index] + 0.1 * mean
      }
    }
    #expect(controller.updates == 5)
    #expect(relativeError(controller.dense.weights.array, weights) < 1e-5)
    #expect(relativeError(controller.statistics.array, statistics) < 1e-5)
  }

  @Test func aBatchWithoutRowsChangesNothing() throws {
    let controller = try controller()
    let before = controller.dense.weights.array
    controller.update(slices: 2) { _ in nil }
    #expect(controller.updates == 0)
    #expect(controller.dense.weights.array == before)
  }

  /// What is kept moves nothing until its time, and then as much as if it had not been kept.
  @Test func aKeptGradientMakesTheSameUpdateLater() throws {
    let (plain, delayed) = (try controller(), try controller())
    for update in 0..<3 {
      let slices = (0..<2).map {
        (gradient: numbers(plain.dense.count, update, $0), statistics: numbers(22, update, 5 + $0))
      }
      let before = delayed.dense.weights.array
      plain.update(slices: 2) { slices[$0] }
      delayed.keep(step: 7 * update, slices: 2) { slices[$0] }
      #expect(delayed.pending == .init(step: 7 * update, slices: 2))
      #expect(delayed.updates == update && delayed.dense.weights.array == before)
      delayed.makePending()
      #expect(delayed.pending == nil && delayed.updates == update + 1)
      #expect(delayed.dense.weights.array == plain.dense.weights.array)
      #expect(delayed.dense.state.array == plain.dense.state.array)
      #expect(delayed.statistics.array == plain.statistics.array)
    }
    #expect(plain.statistics.count == 22)
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
