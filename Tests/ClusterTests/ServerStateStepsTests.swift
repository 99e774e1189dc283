import Testing

@testable import Cluster

@Suite struct ServerStateStepsTests {
  private let first = Work(step: 0, slice: 0)
  private let second = Work(step: 0, slice: 1)
  private let worker = Depot.worker

  @Test func aStepFromPullToCommit() {
    var depot = Depot.serving()
    #expect(depot.pull(0, 0) == [.sendRows(worker, first, attempt: 0)])
    #expect(depot.push(0, 0) == [.keep(first), .acknowledge(worker, first)])
    #expect(depot.push(0, 1) == [.keep(second), .acknowledge(worker, second)])
    #expect(depot.state.waitsFor == "step 0: 0 of 2 slices have not come")
    #expect(depot.commit(0) == [.apply(step: 0), .sendState(.serving, version: 1)])
    #expect(depot.state.version == 1 && depot.state.held[0] == [false, false])
    #expect(
      depot.pull(1, 0) == [.sendRows(worker, Work(step: 1, slice: 0), attempt: 0)])
  }

  @Test func repeatsAreAcknowledgedAndIgnored() {
    var depot = Depot.serving()
    _ = depot.push(0, 0)
    #expect(depot.push(0, 0) == [.acknowledge(worker, first)])
    _ = depot.push(0, 1)
    _ = depot.commit(0)
    #expect(depot.push(0, 1) == [.acknowledge(worker, second)])
    #expect(depot.commit(0) == [.sendState(.serving, version: 1)])
    #expect(depot.state.held[0] == [false, false])
  }

  /// What the edge could not keep is as if it had not come; late or foreign words change nothing.
  @Test func whatCannotBeKeptIsMissing() {
    var depot = Depot.serving()
    _ = depot.push(0, 0)
    _ = depot.push(0, 1)
    for step in [1, 2, 3, 4, .max] as [UInt64] {
      #expect(depot.handle(.unusable(Work(step: step, slice: 0))) == [])
    }
    #expect(depot.state.held[0] == [true, true])
    #expect(depot.handle(.unusable(first)) == [])
    #expect(depot.state.held[0] == [false, true])
    #expect(depot.push(0, 0) == [.keep(first), .acknowledge(worker, first)])
    _ = depot.commit(0)
    #expect(depot.handle(.unusable(first)) == [])
    #expect(depot.state.version == 1 && depot.state.held[0] == [false, false])
  }

  @Test func onlyTheFirstAssignmentCounts() {
    var depot = Depot()
    _ = depot.handle(.connected)
    #expect(depot.assign() == [], "nothing is assigned to whom nobody welcomed")
    _ = depot.welcome()
    #expect(depot.assign(slices: 0) == [])
    #expect(depot.assign(2) == [])
    #expect(depot.assign().first == .load(version: 0))
    #expect(depot.assign(version: 3) == [])
    _ = depot.handle(.loaded(generation: 1))
    #expect(depot.assign() == [] && depot.handle(.loaded(generation: 1)) == [])
    #expect(depot.state.phase == .serving && depot.state.version == 0)
  }

  /// The worker asks again; it must not be sent away.
  @Test func withoutParametersNobodyIsAnswered() {
    var depot = Depot()
    _ = depot.welcome()
    #expect(depot.pull(0, 0).isEmpty && depot.push(0, 0).isEmpty && depot.commit(0).isEmpty)
    #expect(depot.handle(.loaded(generation: 1)) == [])
    _ = depot.assign()
    #expect(depot.pull(0, 0).isEmpty && depot.push(0, 0).isEmpty && depot.commit(0).isEmpty)
    #expect(depot.fetch(0).isEmpty)
  }

  @Test func otherGenerationsAreRejected() {
    var depot = Depot.serving()
    for generation: UInt32 in [0, 2] {
      #expect(Depot.rejection(depot.pull(0, 0, generation)) == .oldGeneration)
      #expect(Depot.rejection(depot.push(0, 0, generation)) == .oldGeneration)
      #expect(depot.commit(0, generation) == [] && depot.fetch(0, 1, generation) == [])
    }
    #expect(depot.state.held[0] == [false, false])
  }

  @Test func whatDoesNotBelongIsRejected() {
    var depot = Depot.serving(version: 4)
    #expect(Depot.rejection(depot.pull(3, 0)) == .wrongStep)
    #expect(Depot.rejection(depot.pull(8, 0)) == .wrongStep)
    #expect(Depot.rejection(depot.push(7, 0)) == .wrongStep)
    for slice in [-1, 2] {
      #expect(Depot.rejection(depot.pull(4, slice)) == .wrongStep)
      #expect(Depot.rejection(depot.push(4, slice)) == .wrongStep)
    }
    #expect(depot.state.held[0] == [false, false])
  }

  @Test func pullsOfTheNextStepWaitForIt() {
    var depot = Depot.serving()
    _ = depot.push(0, 0)
    _ = depot.push(0, 1)
    let next = Work(step: 1, slice: 1)
    #expect(depot.pull(1, 1) == [])
    // Asked again, it is answered once, for the later attempt.
    #expect(depot.handle(.pull(worker, generation: 1, next, attempt: 2)) == [])
    #expect(depot.handle(.pull(8, generation: 1, next, attempt: 1)) == [])
    #expect(
      depot.commit(0) == [
        .apply(step: 0), .sendRows(worker, next, attempt: 2), .sendRows(8, next, attempt: 1),
        .sendState(.serving, version: 1),
      ])
    _ = depot.push(1, 0)
    _ = depot.push(1, 1)
    #expect(depot.commit(1) == [.apply(step: 1), .sendState(.serving, version: 2)])
  }

  @Test func soManyPullsWaitAndNoMore() {
    var depot = Depot.serving { $0.waitingLimit = 1 }
    _ = depot.pull(1, 0)
    _ = depot.pull(1, 1)
    _ = depot.pull(1, 0)
    #expect(depot.state.pulls.map(\.work) == [Work(step: 1, slice: 0)])
  }

  @Test func questionsWaitForTheirVersion() {
    var depot = Depot.serving(version: 4)
    #expect(depot.fetch(4, 1) == [.sendContents(request: 1)])
    #expect(depot.fetch(3, 2) == [], "a version that is gone cannot be told")
    #expect(depot.fetch(5, 3).isEmpty && depot.fetch(5, 3).isEmpty && depot.fetch(6, 4).isEmpty)
    _ = depot.push(4, 0)
    _ = depot.push(4, 1)
    #expect(
      depot.commit(4) == [
        .apply(step: 4), .sendContents(request: 3), .sendState(.serving, version: 5),
      ])
    #expect(depot.state.questions.map(\.request) == [4])
  }

  @Test func soManyQuestionsWaitAndNoMore() {
    var depot = Depot.serving { $0.waitingLimit = 2 }
    for request: UInt64 in [1, 2, 3, 1] { _ = depot.fetch(1, request) }
    #expect(depot.state.questions.map(\.request) == [2, 1])
  }

  @Test func anIncompleteCommitIsAFailure() {
    var depot = Depot.serving()
    _ = depot.push(0, 0)
    #expect(
      depot.commit(0)
        == [.sendFailure("step 0 was to be applied, but slices 1 are not here")])
    #expect(depot.state.version == 0 && depot.state.held[0] == [true, false])
  }

  /// The word about a step may be lost; the word about a later one says it as well.
  @Test func aCommitStandsForThoseBefore() {
    var depot = Depot()
    _ = depot.welcome()
    _ = depot.assign(slices: 1, staleness: 1)
    _ = depot.handle(.loaded(generation: 1))
    for step in 0...1 as ClosedRange<UInt64> { _ = depot.push(step, 0) }
    #expect(
      depot.commit(1) == [
        .apply(step: 0), .apply(step: 1), .sendState(.serving, version: 2),
      ])
    #expect(
      depot.commit(2) == [.sendFailure("step 2 was to be applied, but slices 0 are not here")])
  }

  /// A unit of several slices counts for each of them, and never for a part.
  @Test func aUnitCoversItsSlices() {
    var depot = Depot()
    _ = depot.welcome()
    _ = depot.assign(slices: 4)
    _ = depot.handle(.loaded(generation: 1))
    func push(_ slices: Range<Int>) -> [ServerOrder] {
      depot.handle(.push(worker, generation: 1, Work(step: 0, slices: slices)))
    }
    let half = Work(step: 0, slices: 0..<2)
    #expect(push(0..<2) == [.keep(half), .acknowledge(worker, half)])
    #expect(push(0..<2) == [.acknowledge(worker, half)])
    #expect(push(1..<2) == [.acknowledge(worker, Work(step: 0, slice: 1))])
    #expect(Depot.rejection(push(0..<4)) == .wrongStep, "half of it is here")
    #expect(Depot.rejection(push(1..<3)) == .wrongStep, "no node of the tree")
    #expect(depot.state.held[0] == [true, true, false, false])
  }

  /// With old parameters allowed, pulls of later steps are answered and their gradients kept.
  @Test func parametersMayBeSoOld() {
    var depot = Depot()
    _ = depot.welcome()
    _ = depot.assign(version: 4, slices: 1, staleness: 1)
    _ = depot.handle(.loaded(generation: 1))
    #expect(depot.pull(5, 0) == [.sendRows(worker, Work(step: 5, slice: 0), attempt: 0)])
    #expect(depot.push(5, 0).first == .keep(Work(step: 5, slice: 0)))
    #expect(depot.pull(6, 0) == [])
    _ = depot.push(4, 0)
    #expect(
      depot.commit(4) == [
        .apply(step: 4), .sendRows(worker, Work(step: 6, slice: 0), attempt: 0),
        .sendState(.serving, version: 5),
      ])
    #expect(depot.commit(5).first == .apply(step: 5))
  }
}

/// Captures: what is kept for a checkpoint while steps go on.
extension ServerStateStepsTests {
  /// A server that has captured version 1.
  private func captured() -> Depot {
    var depot = Depot.serving()
    for slice in 0..<2 { _ = depot.push(0, slice) }
    _ = depot.commit(0, capture: 1)
    return depot
  }

  /// Rows are caught up when they are read: what is captured is as the step left it.
  @Test func aVersionIsCapturedBeforeItsRowsAreRead() {
    var depot = Depot.serving()
    for slice in 0..<2 { _ = depot.push(0, slice) }
    let next = Work(step: 1, slice: 0)
    _ = depot.pull(1, 0)
    #expect(
      depot.commit(0, capture: 1) == [
        .apply(step: 0), .capture(version: 1), .sendRows(worker, next, attempt: 0),
        .sendState(.serving, version: 1, captured: 1),
      ])
    #expect(depot.state.captured == 1)
    #expect(depot.fetch(1, 5, ofCapture: true) == [.sendCaptured(request: 5)])
    // Also when the parameters are at a later version.
    for slice in 0..<2 { _ = depot.push(1, slice) }
    #expect(
      depot.commit(1, capture: 1)
        == [.apply(step: 1), .sendState(.serving, version: 2, captured: 1)])
    #expect(depot.fetch(1, 6, ofCapture: true) == [.sendCaptured(request: 6)])
    #expect(depot.fetch(2, 7, ofCapture: true) == [] && depot.fetch(1, 8) == [])
  }

  /// The order may be in the word about any later step, as the first may be lost.
  @Test func aCaptureOnTheWayIsNotPassedBy() {
    var depot = Depot()
    _ = depot.welcome()
    _ = depot.assign(slices: 1)
    _ = depot.handle(.loaded(generation: 1))
    for step in 0...1 as ClosedRange<UInt64> { _ = depot.push(step, 0) }
    #expect(
      depot.commit(1, capture: 1) == [
        .apply(step: 0), .capture(version: 1), .apply(step: 1),
        .sendState(.serving, version: 2, captured: 1),
      ])
  }

  @Test func theVersionThatIsThereCanBeCaptured() {
    var depot = Depot.serving()
    for slice in 0..<2 { _ = depot.push(0, slice) }
    _ = depot.commit(0)
    let orders: [ServerOrder] = [
      .capture(version: 1), .sendState(.serving, version: 1, captured: 1),
    ]
    #expect(depot.commit(0, capture: 1) == orders)
    // Said again, it is done already.
    #expect(depot.commit(0, capture: 1) == [orders[1]])
  }

  @Test func whatIsReleasedIsForgottenOnce() {
    var depot = captured()
    let state = ServerOrder.sendState(.serving, version: 1, captured: 1)
    #expect(depot.commit(0, capture: 1, released: 0) == [state])
    #expect(depot.commit(0, capture: 1, released: 1) == [.releaseCapture, state])
    #expect(depot.commit(0, capture: 1, released: 1) == [state])
    // An order that was on its way for long brings nothing back.
    #expect(depot.commit(0, capture: 1) == [state])
    #expect(depot.fetch(1, 5, ofCapture: true) == [], "what is released has come")
  }

  @Test func aLaterCaptureTakesThePlaceOfOne() {
    var depot = captured()
    for slice in 0..<2 { _ = depot.push(1, slice) }
    #expect(
      depot.commit(1, capture: 2, released: 0) == [
        .apply(step: 1), .releaseCapture, .capture(version: 2),
        .sendState(.serving, version: 2, captured: 2),
      ])
  }

  @Test func aVersionThatIsGoneCannotBeCaptured() {
    var depot = Depot.serving(version: 4)
    #expect(
      depot.commit(4, capture: 3) == [
        .sendFailure("version 3 was to be captured, but the parameters are of version 4")
      ])
  }

  @Test func anotherGenerationForgetsCaptures() {
    var depot = captured()
    _ = depot.welcome(2)
    #expect(depot.state.captured == 0)
    _ = depot.assign(2, version: 0)
    _ = depot.handle(.loaded(generation: 2))
    #expect(depot.fetch(1, 5, 2, ofCapture: true) == [])
    for slice in 0..<2 { _ = depot.push(0, slice, 2) }
    #expect(depot.commit(0, 2, capture: 1).contains(.capture(version: 1)))
  }
}
