import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct MailboxTests {
  @Test func wakesTheReceiver() {
    let mailbox = Mailbox<Int>()
    let poller = Poller([], waker: mailbox.waker)
    Thread.detachNewThread {
      for number in 0..<1000 { mailbox.post(number) }
    }
    var received: [Int] = []
    // Without the wake-up this would take minutes and reach the time limit.
    while received.count < 1000 {
      poller.wait(atMostMilliseconds: 60_000)
      received += mailbox.drain()
    }
    #expect(received == Array(0..<1000))
  }

  @Test func aWakeBeforeTheWaitCounts() {
    let waker = Waker()
    waker.wake()
    waker.wake()
    Poller([], waker: waker).wait(atMostMilliseconds: 120_000)
  }
}
