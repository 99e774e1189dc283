import Cluster
import Messages
import Testing

@testable import Training

@Suite struct ServerTranslationTests {
  private static let hello = Hello(
    identity: 1 << 127 | 9, role: .server, build: "b", dataHash: "", vocabularyHash: "",
    dataAddress: "tcp://127.0.0.1:6000")
  private static let work = Work(step: 3, slices: 2..<4)
  private static let envelope = Envelope(job: 7, generation: 2, step: 3, slice: 2, sliceCount: 2)

  private func welcomed() -> ServerTranslation {
    var translation = ServerTranslation(hello: Self.hello)
    let welcome = Message(
      .welcome(Welcome(configuration: "", dataAddress: "", heartbeatMilliseconds: 400)),
      Envelope(job: 7, generation: 2))
    #expect(
      translation.event(welcome, from: 0)
        == .welcomed(job: 7, generation: 2, heartbeatMilliseconds: 400))
    return translation
  }

  @Test(arguments: [
    (Body.pull(Pull(ids: .init(count: 0))), ServerEvent.pull(5, generation: 2, work, attempt: 0)),
    (.commit(CommitTerms()), .commit(generation: 2, step: 3)),
    (
      .commit(CommitTerms(capture: 4, released: 1)),
      .commit(generation: 2, step: 3, capture: CaptureTerms(version: 4, released: 1))
    ),
    (
      .fetch(Fetch(first: 0, count: 1, withDense: true)),
      .fetch(generation: 2, version: 3, request: 0)
    ),
    (
      .fetch(Fetch(first: 0, count: 1, withDense: true, ofCapture: true)),
      .fetch(generation: 2, version: 3, request: 0, ofCapture: true)
    ),
    (.refuse(Notice(.otherBuild, "no")), .refused("no")),
    (.reject(Notice(.oldGeneration, "old")), .rejected(.oldGeneration, "old")),
    (.stop(Notice(.done, "over")), .stopped(.done, "over")),
    (
      .assign(
        Assignment(
          seat: 0, servers: 1, slices: 4, staleness: 1, configuration: "", dataAddress: "",
          fieldSizes: [])),
      .assigned(generation: 2, version: 3, sliceCount: 4, staleness: 1)
    ),
  ])
  func messagesBecomeEvents(body: Body, event: ServerEvent) {
    var translation = welcomed()
    #expect(translation.event(Message(body, Self.envelope), from: 5) == event)
  }

  @Test func messagesOfAnotherRunAreOld() {
    var translation = welcomed()
    let commit = Message(.commit(CommitTerms()), Envelope(job: 8, generation: 2, step: 3))
    #expect(translation.event(commit, from: 0) == .commit(generation: 0, step: 3))
    #expect(translation.event(Message(.probe), from: 0) == nil)
  }

  @Test func ordersBecomeMessages() throws {
    let translation = welcomed()
    let state = try #require(
      translation.message(for: .sendState(.serving, version: 9, captured: 8), waitsFor: "step 9"))
    #expect(state.envelope == Envelope(job: 7, generation: 2, step: 9))
    guard case .state(let report) = state.body else {
      Issue.record("not a STATE")
      return
    }
    #expect(report == ServerReport(stage: 2, captured: 8, waitsFor: "step 9"))
    let (acknowledge, worker) = try #require(translation.answer(for: .acknowledge(5, Self.work)))
    #expect(worker == 5)
    #expect(acknowledge.envelope == Self.envelope)
    let (reject, _) = try #require(
      translation.answer(for: .reject(5, .wrongStep, Self.work, "late")))
    #expect(reject.envelope.request == 1)
    #expect(translation.message(for: .apply(step: 3), waitsFor: "") == nil)
    #expect(translation.answer(for: .apply(step: 3)) == nil)
  }
}
