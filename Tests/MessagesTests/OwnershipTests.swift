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
    #expect((asked.first, asked.count, asked.withDense) == (5, 6, true))
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

  @Test func aFlagIsZeroOrOne() {
    var writer = PayloadWriter()
    writer.write(UInt64(0))
    writer.write(UInt32(0))
    writer.write(UInt8(2))
    writer.write(UInt32(0))
    var reader = PayloadReader(writer.finish())
    #expect(throws: WireError.self) { try Fetch(from: &reader) }
  }
}
