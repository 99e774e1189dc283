import Kernels
import Testing

@testable import Messages

@Suite struct HeaderTests {
  static let envelope = Envelope(
    job: 0x0123_4567_89AB_CDEF, generation: 3, step: 1 << 40, slice: 5, sliceCount: 3, attempt: 2,
    request: 99)
  static let payload = Bytes((0..<1000).map { UInt8(truncatingIfNeeded: $0) })

  @Test(arguments: MessageType.allCases)
  func roundTrips(type: MessageType) throws {
    let header = Header(type: type, envelope: Self.envelope, part: 6, parts: 7)
    let bytes = header.encoded(payload: Self.payload)
    #expect(bytes.count == 64)
    #expect(try Header(decoding: bytes, payload: Self.payload) == header)
  }

  /// Only rows and gradients are written otherwise than they are, each in its own ways.
  @Test func eachTypeHasItsCodecs() throws {
    var allowed: [MessageType: [Codec]] = [:]
    for type in MessageType.allCases {
      for codec in Codec.allCases {
        let header = Header(type: type, codec: codec, envelope: Self.envelope)
        let bytes = header.encoded(payload: Self.payload)
        #expect(bytes[7] == codec.rawValue)
        do {
          #expect(try Header(decoding: bytes, payload: Self.payload) == header)
          allowed[type, default: []].append(codec)
        } catch { #expect(error == .invalid(what: "the codec", value: "\(codec.rawValue)")) }
      }
    }
    #expect(allowed[.rows] == [.float32, .float16, .bfloat16])
    #expect(allowed[.push] == [.float32, .bfloat16, .scaledFloat16, .scaledInt8])
    for type in MessageType.allCases where type != .rows && type != .push {
      #expect(allowed[type] == [.float32])
    }
  }

  /// What the documentation of `Header` says.
  @Test func fieldsStandAtTheirOffsets() {
    let bytes = Header(type: .push, envelope: Self.envelope, part: 6, parts: 7)
      .encoded(payload: Self.payload)
    #expect(String(decoding: bytes.slice(0, 4).array, as: UTF8.self) == "ATOL")
    #expect(bytes.load(UInt16.self, at: 4) == WireLimits.protocolVersion)
    #expect((bytes[6], bytes[7]) == (9, 0))
    #expect(bytes.load(UInt64.self, at: 8) == 0x0123_4567_89AB_CDEF)
    #expect(bytes.load(UInt64.self, at: 16) == 1 << 40)
    #expect([28, 30].map { bytes.load(UInt16.self, at: $0) } == [5, 3])
    #expect([24, 32, 36, 40, 44].map { bytes.load(UInt32.self, at: $0) } == [3, 2, 6, 7, 1000])
    #expect(bytes.load(UInt64.self, at: 48) == 99)
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
    bytes.store(UInt16(99), at: 4)
    // The version is read before the length, so that other versions may have other headers.
    #expect(refusal(bytes.slice(0, 6), Self.payload) == .protocolVersion(theirs: 99))
  }
}
