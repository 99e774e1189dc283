import Kernels

/// What a message is for; the numbers are part of the protocol and never change.
public enum MessageType: UInt8, Sendable, CaseIterable {
  case hello = 1
  case welcome = 2
  case refuse = 3
  case leaseRequest = 4
  case lease = 5
  case wait = 6
  case pull = 7
  case rows = 8
  case push = 9
  case acknowledge = 10
  case reject = 11
  case heartbeat = 12
  case failure = 13
  case stop = 14
  case bye = 15
  case probe = 16
  case assign = 17
  case state = 18
  case commit = 19
  case fetch = 20
  case contents = 21
  case restore = 22
  case delivered = 23
  case inquire = 24
  case status = 25
  case answer = 26
  case cause = 27

  /// How the numbers of such messages may be written.
  public var codecs: [Codec] {
    switch self {
    case .rows: [.float32, .float16, .bfloat16]
    case .push: [.float32, .scaledFloat16, .bfloat16, .scaledInt8]
    default: [.float32]
    }
  }
}

/// What a message is about: the fields that every message carries.
public struct Envelope: Equatable, Sendable {
  /// The run, a random number that its first start chose; 0 before WELCOME.
  public var job: UInt64
  /// How often the coordinator of the run has started; 0 before WELCOME.
  public var generation: UInt32
  /// The step of training, or 0.
  public var step: UInt64
  /// The first of the slices of the step's batch, or 0.
  public var slice: UInt16
  /// How many slices, or 0.
  public var sliceCount: UInt16
  /// How often they had been leased before, or 0.
  public var attempt: UInt32
  /// A number that the asking side chose and the answer repeats; a stale answer is known by it.
  public var request: UInt64

  /// Everything that is not named is 0.
  public init(
    job: UInt64 = 0, generation: UInt32 = 0, step: UInt64 = 0, slice: UInt16 = 0,
    sliceCount: UInt16 = 0, attempt: UInt32 = 0, request: UInt64 = 0
  ) {
    self.job = job
    self.generation = generation
    self.step = step
    self.slice = slice
    self.sliceCount = sliceCount
    self.attempt = attempt
    self.request = request
  }
}

/// The 64 bytes before the payload of every frame.
///
/// Offsets: magic 0, protocol version 4, type 6, codec 7, job 8, step 16, generation 24, slice 28,
/// slice count 30, attempt 32, part 36, parts 40, payload length 44, request 48, checksum 56. The
/// first six bytes keep their place in all versions, so that builds of different versions can name
/// each other's.
public struct Header: Equatable, Sendable {
  /// Bytes of an encoded header.
  public static let byteCount = 64
  static let magic: UInt32 = 0x4C4F_5441  // "ATOL"

  /// What the message is for.
  public var type: MessageType
  /// How its numbers are written.
  public var codec: Codec
  /// What it is about.
  public var envelope: Envelope
  /// Which part of the message the frame carries, from 0.
  public var part: UInt32
  /// How many frames the message has.
  public var parts: UInt32

  /// The header of one part.
  public init(
    type: MessageType, codec: Codec = .float32, envelope: Envelope, part: UInt32 = 0,
    parts: UInt32 = 1
  ) {
    self.type = type
    self.codec = codec
    self.envelope = envelope
    self.part = part
    self.parts = parts
  }

  /// The 64 bytes that go before `payload`; the checksum covers both.
  public func encoded(payload: Bytes) -> Bytes {
    precondition(payload.count <= WireLimits.partBytes, "a frame's payload is too long")
    let bytes = Bytes(unfilled: Self.byteCount)
    bytes.store(Self.magic, at: 0)
    bytes.store(WireLimits.protocolVersion, at: 4)
    bytes.store(type.rawValue, at: 6)
    bytes.store(codec.rawValue, at: 7)
    bytes.store(envelope.job, at: 8)
    bytes.store(envelope.step, at: 16)
    bytes.store(envelope.generation, at: 24)
    bytes.store(envelope.slice, at: 28)
    bytes.store(envelope.sliceCount, at: 30)
    bytes.store(envelope.attempt, at: 32)
    bytes.store(part, at: 36)
    bytes.store(parts, at: 40)
    bytes.store(UInt32(payload.count), at: 44)
    bytes.store(envelope.request, at: 48)
    bytes.store(Self.checksum(bytes, payload), at: 56)
    return bytes
  }

  /// Reads and checks the header of a frame whose payload is `payload`.
  ///
  /// - Throws: `WireError` for another protocol, version or meaning, and for damaged bytes.
  public init(decoding bytes: Bytes, payload: Bytes) throws(WireError) {
    guard bytes.count >= 6, bytes.load(UInt32.self, at: 0) == Self.magic else { throw .foreign }
    let version = bytes.load(UInt16.self, at: 4)
    guard version == WireLimits.protocolVersion else { throw .protocolVersion(theirs: version) }
    guard bytes.count == Self.byteCount else {
      throw .truncated(what: "the header", needed: Self.byteCount, left: bytes.count)
    }
    let length = bytes.load(UInt32.self, at: 44)
    guard length <= WireLimits.partBytes else {
      throw .tooLarge(what: "a frame", value: UInt64(length), limit: WireLimits.partBytes)
    }
    guard length == payload.count else {
      throw .truncated(what: "a frame", needed: Int(length), left: payload.count)
    }
    guard bytes.load(UInt64.self, at: 56) == Self.checksum(bytes, payload) else {
      throw .checksum
    }
    guard let type = MessageType(rawValue: bytes[6]) else {
      throw .invalid(what: "the message type", value: "\(bytes[6])")
    }
    guard let codec = Codec(rawValue: bytes[7]), type.codecs.contains(codec) else {
      throw .invalid(what: "the codec", value: "\(bytes[7])")
    }
    self.init(
      type: type, codec: codec,
      envelope: Envelope(
        job: bytes.load(UInt64.self, at: 8), generation: bytes.load(UInt32.self, at: 24),
        step: bytes.load(UInt64.self, at: 16), slice: bytes.load(UInt16.self, at: 28),
        sliceCount: bytes.load(UInt16.self, at: 30), attempt: bytes.load(UInt32.self, at: 32),
        request: bytes.load(UInt64.self, at: 48)),
      part: bytes.load(UInt32.self, at: 36), parts: bytes.load(UInt32.self, at: 40))
    guard parts >= 1, part < parts else {
      throw .invalid(what: "the part number", value: "\(part) of \(parts)")
    }
  }

  private static func checksum(_ header: Bytes, _ payload: Bytes) -> UInt64 {
    ByteHash.xxh64(payload, seed: ByteHash.xxh64(header.slice(0, 56)))
  }
}

/// One frame: a header and at most `WireLimits.partBytes` of payload.
public struct Frame: Sendable {
  /// The 64 bytes of the header.
  public let header: Bytes
  /// The content that the header describes.
  public let payload: Bytes

  /// Pairs a header with the payload that its checksum covers.
  public init(header: Bytes, payload: Bytes) {
    self.header = header
    self.payload = payload
  }

  /// Bytes of both.
  public var byteCount: Int { header.count + payload.count }
}
