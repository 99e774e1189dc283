import Kernels
import Testing

@testable import Messages

@Suite struct OwnershipTests {
  private func read(_ body: Body) throws -> Body {
    var reader = PayloadReader(body.payload())
    let back = try Body(type: body.type, from: &reader)
    try reader.finish()
    return back
  }

  @Test func assignmentsComeBack() throws {
    let assignment = Assignment(
      seat: 2, servers: 3, slices: 8, staleness: 64, configuration: "seed: 1\n",
      dataAddress: "tcp://*:1", classes: 5, fieldSizes: [4, 5])
    guard case .assign(let back) = try read(.assign(assignment)) else {
      Issue.record("not an ASSIGN")
      return
    }
    #expect(back == assignment)
  }

  @Test(arguments: [(UInt32(3), UInt32(3)), (0, 0), (0, 65)])
  func aSeatThatDoesNotExistIsRefused(seat: UInt32, servers: UInt32) {
    let body = Body.assign(
      Assignment(
        seat: seat, servers: servers, slices: 1, configuration: "", dataAddress: "",
        fieldSizes: []))
    #expect(throws: WireError.self) { try read(body) }
  }

  @Test(arguments: [(UInt32(0), UInt32(0)), (1025, 0), (.max, 0), (4, 65), (4, .max)])
  func stepsThatCannotBeAreRefused(slices: UInt32, staleness: UInt32) {
    let body = Body.assign(
      Assignment(
        seat: 0, servers: 1, slices: slices, staleness: staleness, configuration: "",
        dataAddress: "", fieldSizes: []))
    #expect(throws: WireError.self) { try read(body) }
  }

  @Test(arguments: [0, 1, 257, .max] as [UInt32])
  func classesThatCannotBeAreRefused(classes: UInt32) {
    let body = Body.assign(
      Assignment(
        seat: 0, servers: 1, slices: 4, configuration: "", dataAddress: "", classes: classes,
        fieldSizes: [3]))
    #expect(throws: WireError.self) { try read(body) }
  }

  @Test func moreSumsThanAUnitHasAreRefused() {
    var writer = PayloadWriter()
    writer.write(UInt64(0))
    writer.write(UInt64(0))
    writer.write(UInt32(0))
    writer.write(UInt32(WireLimits.sums + 1))
    var reader = PayloadReader(writer.finish())
    #expect(
      throws: WireError.tooLarge(
        what: "the number of sums", value: UInt64(WireLimits.sums + 1), limit: WireLimits.sums)
    ) { try Delivery(from: &reader) }
  }

  @Test func questionsAndAnswersComeBack() throws {
    let fetch = Fetch(first: 5, count: 6, withDense: true)
    guard case .fetch(let asked) = try read(.fetch(fetch)) else {
      Issue.record("not a FETCH")
      return
    }
    #expect((asked.first, asked.count, asked.withDense, asked.ofCapture) == (5, 6, true, false))
    let captured = Fetch(first: 5, count: 6, withDense: false, ofCapture: true)
    guard case .fetch(let kept) = try read(.fetch(captured)) else {
      Issue.record("not a FETCH")
      return
    }
    #expect((kept.withDense, kept.ofCapture) == (false, true))
    guard case .fetch(let named) = try read(.fetch(Fetch(ids: View([1, 9])))) else {
      Issue.record("not a FETCH")
      return
    }
    #expect(named.ids.array == [1, 9])
    let contents = Contents(first: 3, isLast: true, rows: Floats([1, 2]), statistics: Floats([3]))
    guard case .restore(let back) = try read(.restore(contents)) else {
      Issue.record("not a RESTORE")
      return
    }
    #expect((back.first, back.isLast) == (3, true))
    #expect(Contents.Part.allCases.map(back.count) == [2, 0, 0, 1])
    let delivery = Delivery(
      version: 1 << 40, controllerVersion: 4, computeMicroseconds: 70_000, sums: [1, 2])
    guard case .delivered(let told) = try read(.delivered(delivery)) else {
      Issue.record("not a DELIVERED")
      return
    }
    #expect(told == delivery)
  }

  @Test(arguments: [(UInt8(0), UInt8(1), true), (2, 0, false), (0, 2, false)])
  func aFlagIsZeroOrOne(withDense: UInt8, ofCapture: UInt8, isRead: Bool) {
    var writer = PayloadWriter()
    writer.write(UInt64(0))
    writer.write(UInt32(0))
    writer.write(withDense)
    writer.write(ofCapture)
    writer.write(UInt32(0))
    var reader = PayloadReader(writer.finish())
    let fetch = try? Fetch(from: &reader)
    #expect((fetch != nil) == isRead)
  }

  @Test func whatServersKeepIsToldByCommits() throws {
    let terms = CommitTerms(capture: 1 << 40, released: 7)
    let body = Body.commit(terms)
    #expect(body.payload().bytes == [0, 0, 0, 0, 0, 1, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
    guard case .commit(let told) = try read(body) else {
      Issue.record("not a COMMIT")
      return
    }
    #expect(told == terms)
    #expect(throws: WireError.self) { try read(.commit(CommitTerms(capture: 6, released: 7))) }
    let report = ServerReport(stage: 2, captured: 3, waitsFor: "x")
    #expect(Body.state(report).payload().bytes.prefix(9) == [2, 3, 0, 0, 0, 0, 0, 0, 0])
    guard case .state(let state) = try read(.state(report)) else {
      Issue.record("not a STATE")
      return
    }
    #expect(state == report)
  }
}
