import Testing

@testable import Cluster

/// Captures, as the coordinator orders them.
@Suite struct FleetStateCapturesTests {
  private func orders(_ step: UInt64, _ version: UInt64, released: UInt64 = 0) -> [FleetOrder] {
    let terms = CaptureTerms(version: version, released: released)
    return [11, 12].map { .commit($0, step: step, capture: terms) }
  }

  @Test func aCaptureIsOrderedWithTheStepBeforeIt() {
    var harbour = Harbour.serving(version: 4)
    #expect(harbour.state.commit(4, captures: true, at: harbour.now) == orders(4, 5))
    #expect(!harbour.state.hasCaptured(0) && !harbour.state.hasCaptured(1))
    #expect(harbour.tell(12, .serving, 5, captured: 5) == [])
    #expect(!harbour.state.hasCaptured(0) && harbour.state.hasCaptured(1))
    // Every later word about a step carries it, until it is released.
    #expect(harbour.commit(5) == orders(5, 5))
    #expect(harbour.state.endCapture(at: harbour.now) == orders(5, 5, released: 5))
    #expect(harbour.state.endCapture(at: harbour.now) == [], "once")
    #expect(harbour.commit(6) == orders(6, 5, released: 5))
  }

  @Test func thePresentVersionCanBeCaptured() {
    var harbour = Harbour.serving()
    _ = harbour.commit(0)
    #expect(harbour.state.beginCapture(at: harbour.now) == orders(0, 1))
    _ = harbour.state.endCapture(at: harbour.now)
    _ = harbour.commit(1)
    #expect(harbour.state.beginCapture(at: harbour.now) == orders(1, 2, released: 1))
  }

  @Test func aCaptureThatIsNotSeenIsOrderedAgain() {
    var harbour = Harbour.serving()
    _ = harbour.state.commit(0, captures: true, at: harbour.now)
    _ = harbour.tell(11, .serving, 1, captured: 1)
    // The step is seen to be applied, the capture is not.
    _ = harbour.tell(12, .serving, 1)
    let again = harbour.pass(1600, alive: [11, 12], 1)
    #expect(again == Array(repeating: orders(0, 1)[1], count: 3))
    _ = harbour.tell(12, .serving, 1, captured: 1)
    // A late word of before changes nothing.
    _ = harbour.tell(12, .serving, 1, captured: 0)
    #expect(harbour.state.hasCaptured(1) && harbour.pass(1600, alive: [11, 12], 1) == [])
  }

  @Test func whoCapturedWhatNobodyAskedForIsNotBelieved() {
    var harbour = Harbour.serving(version: 5)
    #expect(
      harbour.tell(11, .serving, 5, captured: 3) == [
        .fail(11, "it says that it captured version 3, where the coordinator asked for 0 last")
      ])
  }

  @Test func aFleetThatIsOverCapturesNothing() {
    var harbour = Harbour.serving()
    _ = harbour.commit(0)
    _ = harbour.handle(.lost(11))
    #expect(harbour.state.beginCapture(at: harbour.now) == [])
    #expect(harbour.state.endCapture(at: harbour.now) == [])
  }

  @Test func capturesDoNotOverlap() async {
    await #expect(processExitsWith: .failure) {
      var harbour = Harbour.serving()
      _ = harbour.state.commit(0, captures: true, at: harbour.now)
      _ = harbour.state.commit(1, captures: true, at: harbour.now)
    }
  }
}
