import Testing

@testable import Messages

@Suite struct WireErrorTests {
  @Test(arguments: [
    (WireError.foreign, "something else is connected to this port"),
    (.protocolVersion(theirs: 10), "speaks protocol version 10, this build version 9"),
    (.truncated(what: "a sum", needed: 8, left: 3), "inside a sum: 8 bytes are needed, 3 are"),
    (.trailing(bytes: 4), "4 bytes too many"), (.checksum, "damaged on the way"),
    (.tooLarge(what: "a frame", value: 9, limit: 8), "a frame is 9, the limit is 8"),
    (.invalid(what: "the code", value: "77"), "the code has the meaningless value 77"),
  ])
  func saysWhatWasWrong(error: WireError, words: String) {
    #expect(error.description.contains(words))
  }
}
