import Foundation
import Messages
import Testing

@testable import Transport

@Suite struct RawSocketTests {
  @Test func anotherThreadIsStopped() async {
    await #expect(processExitsWith: .failure) {
      let context = try Context()
      nonisolated(unsafe) let dealer = try Dealer(in: context, identity: 1 << 127)
      let isDone = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        _ = unsafe dealer.nextEvent()
        isDone.signal()
      }
      isDone.wait()
    }
  }

  @Test func aClosedSocketIsNotUsed() async {
    await #expect(processExitsWith: .failure) {
      let dealer = try Dealer(in: try Context(), identity: 1 << 127)
      dealer.close()
      _ = dealer.nextEvent()
    }
  }
}
