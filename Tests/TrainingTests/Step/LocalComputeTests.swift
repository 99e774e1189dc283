import Kernels
import Testing

@testable import Training

@Suite struct LocalComputeTests {
  @Test(arguments: ["fixed:ce", "al2", "autoloss"], [1, 3])
  func readingAheadChangesNoBit(loss: String, threads: Int) throws {
    let fixture = try RunFixture()
    let checksums = try [true, false].map { readsAhead in
      let scene = try StepScene(fixture, threads: threads) { $0.loss = loss }
      try scene.train(0..<10, readsAhead: readsAhead)
      return scene.parts.checksum()
    }
    #expect(checksums[0] == checksums[1])
  }

  @Test func whatWasReadAheadInVainIsReadAgain() throws {
    let fixture = try RunFixture()
    let plain = try StepScene(fixture) { $0.loss = "fixed:ce" }
    try plain.train(0..<3)
    let other = try StepScene(fixture) { $0.loss = "fixed:ce" }
    for step in 0..<3 {
      _ = try other.compute.train(step: step, upcoming: .init(training: 9 - step))
    }
    #expect(other.parts.checksum() == plain.parts.checksum())
  }

  @Test func aStepIsReadAheadWhileAnotherIsComputed() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "autoloss" }
    try scene.train(0..<7)
    #expect(scene.compute.current.number == 7)
    #expect(scene.compute.validation?.number == 1)
    #expect(scene.parts.store.version == 7)
    #expect(scene.parts.controller?.updates == 1)
  }

  /// All slices fail at once; which is reported must not depend on the threads.
  @Test(arguments: [1, 2, 4])
  func theErrorOfTheFirstSliceIsThrownAndNothingApplied(threads: Int) throws {
    let scene = try StepScene(RunFixture(), threads: threads) { $0.loss = "fixed:ce" }
    try scene.train(0..<2)
    scene.parts.store.dense.weights[0] = .nan
    let before = scene.parts.checksum()
    let error = #expect(throws: Failure.self) {
      try scene.compute.train(step: 2, upcoming: .init(training: 3))
    }
    #expect(error?.place == "step 2, slice 0")
    #expect(error?.exitCode == .internalFault)
    #expect(scene.parts.store.version == 2)
    #expect(scene.parts.checksum() == before)
  }

  @Test func aRowThatIsNotANumberIsNamedBySlice() throws {
    let scene = try StepScene(RunFixture(), threads: 2) { $0.loss = "fixed:ce" }
    try scene.train(0..<1)
    // The next batch is read: spoil a row that only its third slice uses.
    let ids = scene.compute.current.slices.map { Set($0.unique.array) }
    let own = ids[2].subtracting(ids[0]).subtracting(ids[1]).subtracting(ids[3]).min()
    let row = Int(try #require(own))
    scene.parts.store.rows.memory[row * scene.parts.store.rows.kernel.layout.stride] = .nan
    let error = #expect(throws: Failure.self) {
      try scene.compute.train(step: 1, upcoming: .init())
    }
    #expect(error?.place == "step 1, slice 2")
  }

  @Test func aControllerThatIsNotANumberIsNotUpdated() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "autoloss" }
    let controller = try #require(scene.parts.controller)
    controller.dense.weights[0] = .nan
    let error = #expect(throws: Failure.self) {
      try scene.compute.updateController(step: 0, batch: 0)
    }
    #expect(error?.place == "step 0, validation slice 0")
    #expect(error?.exitCode == .internalFault)
    #expect(controller.updates == 0)
  }

  @Test func aKeptGradientThatIsNotANumberMovesNothing() throws {
    let scene = try StepScene(RunFixture()) { $0.search.controllerDelay = 2 }
    let controller = try #require(scene.parts.controller)
    #expect(throws: Failure.self) { try scene.compute.makeKeptUpdate() }
    try scene.train(0..<2)
    #expect(controller.pending == .init(step: 0, slices: 4))
    controller.gradient[3] = .infinity
    let before = controller.dense.weights.array
    let error = #expect(throws: Failure.self) { try scene.train(2..<3) }
    #expect(error?.what == "the controller's gradient is not finite (element 3)")
    #expect(error?.place == "step 0, validation batch")
    #expect(controller.updates == 0 && controller.dense.weights.array == before)
  }

  /// The batch of a step was read ahead, the validation batch beside it was not.
  @Test(arguments: [1, 3])
  func aValidationBatchAloneIsReadLate(threads: Int) throws {
    let fixture = try RunFixture()
    let checksums = try [true, false].map { readsBoth in
      let scene = try StepScene(fixture, threads: threads) { $0.search.controllerDelay = 3 }
      try scene.train(0..<6)
      _ = try scene.compute.train(
        step: 6, upcoming: .init(training: 7, validation: readsBoth ? 1 : nil))
      try scene.train(7..<15)
      #expect(scene.parts.controller?.updates == 2)
      return scene.parts.checksum()
    }
    #expect(checksums[0] == checksums[1])
  }

  /// The thread that evaluates has something else to do between two batches.
  @Test func evaluationsPauseWithoutAnotherResult() throws {
    let scene = try StepScene(RunFixture())
    let dataset = scene.setup.dataset
    let expected = try scene.compute.evaluate(dataset, split: .train)
    var pauses = 0
    let result = try scene.compute.evaluate(dataset, split: .train) { pauses += 1 }
    #expect(pauses > 1)
    #expect(result.logloss == expected.logloss && result.auc == expected.auc)
    _ = try scene.compute.train(step: 0, upcoming: .init())
    let after = pauses
    _ = try scene.compute.train(step: 1, upcoming: .init())
    #expect(pauses == after)
  }

  @Test func sumsAreOfAllSlices() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "al1" }
    let sums = try scene.compute.train(step: 0, upcoming: .init())
    #expect(sums.rows == 64)
    // Four candidates of equal weight.
    for candidate in 0..<4 { #expect(abs(sums.meanShare(candidate) - 0.25) < 1e-6) }
  }
}
