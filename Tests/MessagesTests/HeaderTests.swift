import Kernels
import Testing

@testable import Messages

@Suite struct HeaderTests {
  static let envelope = Envelope(
    job: 0x0123_4567_89AB_CDEF, generation: 3, step: 1 << 40, slice: 5, attempt: 2, request: 99)
  static let payload = Bytes((0..<1000).map { UInt8(truncatingIfNeeded: $0) })

  @Test(arguments: MessageType.allCases)
  func roundTrips(type: MessageType) throws {
    let header = Header(type: type, envelope: Self.envelope, part: 6, parts: 7)
    let bytes = header.encoded(payload: Self.payload)
    #expect(bytes.count == 64)
    #expect(try Header(decoding: bytes, payload: Self.payload) == header)
  }

  @Test func findsEveryChangedBit() {
    let payload = Self.payload.slice(0, 70)
    let bytes = Header(type: .push, envelope: Self.envelope).encoded(payload: payload)
    for view in [bytes, payload] {
      for index in 0..<view.count {
        for bit in 0..<8 {
          view[index] ^= 1 << UInt8(bit)
          #expect(throws: WireError.self, "byte \(index), bit \(bit)") {
            try Header(decoding: bytes, payload: payload)
          }
          view[index] ^= 1 << UInt8(bit)
        }
      }
    }
  }

  @Test func namesWhatIsWrong() {
    let bytes = Header(type: .push, envelope: Self.envelope).encoded(payload: Self.payload)
    func refusal(_ header: Bytes, _ payload: Bytes) -> WireError? {
      #expect(throws: WireError.self) { try Header(decoding: header, payload: payload) }
    }
    #expect(refusal(Bytes(count: 0), Self.payload) == .foreign)
    #expect(refusal(Bytes(count: 64), Self.payload) == .foreign)
    #expect(
      refusal(bytes.slice(0, 63), Self.payload)
        == .truncated(what: "the header", needed: 64, left: 63))
    #expect(
      refusal(bytes, Self.payload.slice(0, 999))
        == .truncated(what: "a frame", needed: 1000, left: 999))
    bytes.store(UInt16(9), at: 4)
    // The version is read before the length, so that other versions may have other headers.
    #expect(refusal(bytes.slice(0, 6), Self.payload) == .protocolVersion(theirs: 9))
  }
}
