import Kernels
import Messages
import Testing

@testable import Training

@Suite struct WorkerSourceTests {
  private static let notice = Notice(.done, "")
  private static let none = Floats(count: 0)

  /// Messages, and whether the control socket, the controller's and an owner send them.
  @Test(arguments: [
    (Body.welcome(Welcome(configuration: "", dataAddress: "")), [true, false, false]),
    (.refuse(notice), [true, false, false]),
    (.lease(LeaseTerms(milliseconds: 1)), [true, false, false]),
    (.wait(""), [true, false, false]), (.stop(notice), [true, false, false]),
    (
      .rows(
        Parameters(
          version: 0, controllerVersion: 0, rows: none, dense: none, statistics: none,
          controller: none, controllerStatistics: none)), [false, true, true]
    ),
    (.acknowledge, [true, false, true]), (.reject(notice), [true, false, true]),
    (.probe, [true, true, true]), (.commit(CommitTerms()), [false, false, false]),
    (.bye(""), [false, false, false]), (.answer(notice), [false, false, false]),
  ])
  func eachSaysWhatBelongsToIt(body: Body, senders: [Bool]) {
    let sources: [WorkerSource] = [.control, .controller, .owner(2)]
    #expect(sources.map { $0.sends(body) } == senders)
  }
}
