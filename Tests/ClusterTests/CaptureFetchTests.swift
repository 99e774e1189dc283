import Testing

@testable import Cluster

@Suite struct CaptureFetchTests {
  private typealias Piece = CaptureFetch.Piece

  private func pieces(_ chunks: Range<Int>, seats: Int = 2) -> [Piece] {
    chunks.flatMap { chunk in (0..<seats).map { Piece(chunk: chunk, seat: $0) } }
  }

  @Test func aFewChunksAreUnderWay() {
    var fetch = CaptureFetch(chunks: 6, servers: 2, at: 0)
    #expect(fetch.ask(used: 0, at: 1) { _ in true } == pieces(0..<4))
    #expect(fetch.ask(used: 0, at: 2) { _ in true } == [], "they were asked for")
    for piece in pieces(0..<2) { #expect(fetch.receive(piece, at: 3) == true) }
    #expect(fetch.wholeChunks == 2)
    #expect(fetch.ask(used: 0, at: 4) { _ in true } == [], "what is here takes room")
    #expect(fetch.ask(used: 1, at: 5) { _ in true } == pieces(4..<5))
    #expect(fetch.ask(used: 2, at: 6) { _ in true } == pieces(5..<6))
    for piece in pieces(2..<6).reversed() { #expect(fetch.receive(piece, at: 7) == true) }
    #expect(fetch.isComplete && fetch.ask(used: 2, at: 8) { _ in true } == [])
  }

  @Test func onlyWhoHasCapturedIsAsked() {
    var fetch = CaptureFetch(chunks: 1, servers: 3, at: 0)
    let all = pieces(0..<1, seats: 3)
    #expect(fetch.ask(used: 0, at: 1) { $0 == 1 } == [all[1]])
    #expect(fetch.ask(used: 0, at: 2) { _ in true } == [all[0], all[2]])
  }

  @Test func whatDoesNotComeIsAskedForAgainInOrder() {
    var fetch = CaptureFetch(chunks: 3, servers: 1, resendMilliseconds: 100, at: 0)
    let all = pieces(0..<3, seats: 1)
    #expect(fetch.ask(used: 0, at: 10) { _ in true } == all)
    #expect(fetch.receive(all[1], at: 50) == true)
    // As long as something comes, the rest may be on its way.
    #expect(fetch.ask(used: 0, at: 149) { _ in true } == [])
    #expect(fetch.ask(used: 0, at: 150) { _ in true } == [all[0], all[2]])
    #expect(fetch.wholeChunks == 0 && !fetch.isComplete)
    // A link that is slow must not be filled with answers to questions that were repeated.
    #expect(fetch.ask(used: 0, at: 349) { _ in true } == [])
    #expect(fetch.ask(used: 0, at: 350) { _ in true } == [all[0], all[2]])
    #expect(fetch.receive(all[2], at: 400) == true)
    #expect(fetch.ask(used: 0, at: 499) { _ in true } == [])
    #expect(fetch.ask(used: 0, at: 500) { _ in true } == [all[0]])
  }

  @Test func aPieceCountsOnce() {
    var fetch = CaptureFetch(chunks: 1, servers: 1, resendMilliseconds: 100, at: 0)
    let piece = Piece(chunk: 0, seat: 0)
    #expect(fetch.receive(piece, at: 1) == false, "nobody asked for it")
    _ = fetch.ask(used: 0, at: 2) { _ in true }
    #expect(fetch.receive(piece, at: 3) == true && fetch.receive(piece, at: 4) == false)
    #expect(fetch.receive(Piece(chunk: 7, seat: 9), at: 5) == false)
  }

  @Test func whoDoesNotAnswerIsNamed() {
    var fetch = CaptureFetch(chunks: 9, servers: 2, patienceMilliseconds: 900, at: 0)
    _ = fetch.ask(used: 0, at: 500) { _ in true }
    #expect(fetch.lateSeat(at: 899) == nil && fetch.lateSeat(at: 900) == 0)
    _ = fetch.receive(Piece(chunk: 0, seat: 0), at: 900)
    #expect(fetch.lateSeat(at: 1799) == nil && fetch.lateSeat(at: 1800) == 1)
  }

  /// The disk may be slow, and the coordinator be away: that is no server's fault.
  @Test func nobodyIsToBlameForTheCoordinator() {
    var fetch = CaptureFetch(chunks: 9, servers: 1, patienceMilliseconds: 900, at: 0)
    _ = fetch.ask(used: 0, at: 1) { _ in true }
    for piece in pieces(0..<4, seats: 1) { _ = fetch.receive(piece, at: 2) }
    #expect(fetch.lateSeat(at: 5000) == nil, "there is no room for more")
    _ = fetch.ask(used: 1, at: 600) { _ in true }
    #expect(fetch.lateSeat(at: 1499) == nil && fetch.lateSeat(at: 1500) == 0)
    fetch = CaptureFetch(chunks: 9, servers: 1, patienceMilliseconds: 900, at: 0)
    _ = fetch.ask(used: 0, at: 100) { _ in true }
    _ = fetch.ask(used: 0, at: 5000) { _ in true }
    #expect(fetch.lateSeat(at: 5000) == nil && fetch.lateSeat(at: 5800) == 0)
  }
}
