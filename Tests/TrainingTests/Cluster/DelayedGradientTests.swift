import Foundation
import Kernels
import Testing
import Transport

@testable import Training

@Suite struct DelayedGradientTests {
  /// Waits, but not for ever.
  private func wait(_ gradient: DelayedGradient) -> Bool {
    for _ in 0..<1000 where !gradient.isDone { Thread.sleep(forTimeInterval: 0.01) }
    return gradient.isDone
  }

  /// Beside steps that move everything, threads of their own find what the step's threads find.
  @Test(arguments: [1, 3])
  func findsTheGradientOfTheVersionItBeganAt(threads: Int) throws {
    let fixture = try RunFixture()
    func scene(delay: Int) throws -> StepScene {
      try StepScene(fixture, threads: threads) { $0.search.controllerDelay = delay }
    }
    let plain = try scene(delay: 3)
    try plain.train(0..<8)
    let expected = try #require(plain.parts.controller)
    #expect(expected.pending == .init(step: 7, slices: 4))

    let moving = try scene(delay: 3)
    let controller = try #require(moving.parts.controller)
    try moving.train(0..<7)
    let waker = Waker()
    let delayed = try #require(DelayedGradient(moving.compute, waker: waker))
    delayed.keep()
    #expect(controller.pending == nil && delayed.isDone)
    var refreshed = 0
    try delayed.begin(step: 7, batch: 1) { batch, other in
      refreshed += 1
      #expect(batch.number == 1 && other == nil)
      #expect(batch.slices.allSatisfy { $0.unique.count > 0 })
    }
    #expect(refreshed == 1 && delayed.step == 7)
    // What the next steps do to the parameters is nothing to the gradient.
    let store = moving.parts.store
    for view in [store.rows.memory, store.dense.weights, store.statistics] { view.fill(.nan) }
    // It ends at once or when the gradient is there.
    let began = Uptime.milliseconds
    while !delayed.isDone, Uptime.milliseconds - began < 10_000 {
      Poller([], waker: waker).wait(atMostMilliseconds: 10_000)
    }
    #expect(wait(delayed))
    delayed.keep()
    #expect(delayed.step == nil && controller.pending == expected.pending)
    #expect(controller.gradient.array == expected.gradient.array)
    #expect(controller.statisticsSum.array == expected.statisticsSum.array)
    #expect(moving.compute.takeControllerSums()?.rows == 64)
    #expect(moving.compute.takeControllerSums() == nil)
  }

  @Test func isThereOnlyWhereTheControllerHasADelay() throws {
    let fixture = try RunFixture(rows: 400)
    for (loss, delay) in [("fixed:ce", 2), ("al1", 2), ("autoloss", 0)] {
      let scene = try StepScene(fixture) {
        $0.loss = loss
        $0.search.controllerDelay = delay
      }
      #expect(DelayedGradient(scene.compute, waker: Waker()) == nil)
    }
  }
}
