import Kernels
import Testing

@testable import Messages

@Suite struct NoticeTests {
  @Test(arguments: NoticeCode.allCases)
  func roundTrips(code: NoticeCode) throws {
    var writer = PayloadWriter()
    Notice(code, "why").write(to: &writer)
    var reader = PayloadReader(writer.finish())
    #expect(try Notice(from: &reader) == Notice(code, "why"))
  }

  @Test func longSentencesAreCutBetweenCharacters() throws {
    let sentence = String(repeating: "ö", count: 5000)
    var writer = PayloadWriter()
    Notice(.failed, sentence).write(to: &writer)
    var reader = PayloadReader(writer.finish())
    let read = try Notice(from: &reader).sentence
    #expect(read.utf8.count <= WireLimits.textBytes && read.count > 1900)
    #expect(sentence.hasPrefix(read))
  }

  @Test func refusesUnknownCodes() {
    var reader = PayloadReader(Payload(parts: [Bytes([0xFF, 0xFF, 0, 0, 0, 0])]))
    #expect(throws: WireError.invalid(what: "the code", value: "65535")) {
      try Notice(from: &reader)
    }
  }
}
