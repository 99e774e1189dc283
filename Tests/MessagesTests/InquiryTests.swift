import Kernels
import Testing

@testable import Messages

@Suite struct InquiryTests {
  private static func read(_ bytes: [UInt8]) throws -> Inquiry {
    var reader = PayloadReader(Payload(parts: [Bytes(bytes)]))
    return try Inquiry(from: &reader)
  }

  @Test(arguments: [Inquiry.status, .drain, .drainWorker("3f2a9c01"), .drainWorker("")])
  func survivesTheWire(inquiry: Inquiry) throws {
    var reader = PayloadReader(Body.inquire(inquiry).payload())
    #expect(try Inquiry(from: &reader) == inquiry)
    try reader.finish()
  }

  @Test func unknownQuestionsAreRefused() {
    #expect(throws: WireError.invalid(what: "the question", value: "3")) { try Self.read([3]) }
    #expect(throws: WireError.self) { try Self.read([]) }
  }

  @Test func namesAreBounded() throws {
    let error = WireError.tooLarge(
      what: "the worker's name", value: 257, limit: WireLimits.nameBytes)
    #expect(throws: error) { try Self.read([2, 1, 1, 0, 0] + Array(repeating: 65, count: 257)) }
    let body = Body.inquire(.drainWorker(String(repeating: "ö", count: 300)))
    var reader = PayloadReader(body.payload())
    guard case .drainWorker(let name) = try Inquiry(from: &reader) else {
      Issue.record("not a worker")
      return
    }
    #expect(name.utf8.count <= WireLimits.nameBytes && name.count > 100)
  }
}
