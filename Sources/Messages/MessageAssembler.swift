import Kernels

/// Puts the parts of messages together again, in bounded memory.
///
/// Parts may come in any order and more than once. A peer that starts too much, or never ends
/// what it starts, loses only its own messages.
public struct MessageAssembler: Sendable {
  private struct Key: Hashable {
    var type: MessageType
    var codec: Codec
    var step: UInt64
    var slice: UInt16
    var sliceCount: UInt16
    var attempt: UInt32
    var generation: UInt32
    var request: UInt64
  }

  private struct Unfinished {
    var parts: [Bytes?]
    var missing: Int
    var byteCount = 0
    var deadline: UInt64
  }

  private var unfinished: [PeerIdentity: [Key: Unfinished]] = [:]
  private let bytesPerPeer: Int
  private let messagesPerPeer: Int
  private let patienceMilliseconds: UInt64

  /// An assembler with these limits.
  public init(
    bytesPerPeer: Int = WireLimits.unfinishedBytesPerPeer,
    messagesPerPeer: Int = WireLimits.unfinishedMessagesPerPeer,
    patienceMilliseconds: UInt64 = WireLimits.unfinishedMilliseconds
  ) {
    self.bytesPerPeer = bytesPerPeer
    self.messagesPerPeer = messagesPerPeer
    self.patienceMilliseconds = patienceMilliseconds
  }

  /// Takes one frame that `peer` sent; returns the message when it is whole.
  ///
  /// - Throws: `WireError` when the frame or the whole message is refused.
  public mutating func accept(
    _ frame: Frame, from peer: PeerIdentity, atMilliseconds now: UInt64
  ) throws(WireError) -> Message? {
    let header = try Header(decoding: frame.header, payload: frame.payload)
    if header.parts == 1 {
      return try Message(
        type: header.type, codec: header.codec, envelope: header.envelope,
        payload: Payload(parts: [frame.payload]))
    }
    let limit = WireLimits.messageBytes / WireLimits.partBytes
    guard header.parts <= limit else {
      throw .tooLarge(what: "the number of parts", value: UInt64(header.parts), limit: limit)
    }
    guard let parts = try keep(frame.payload, header, from: peer, now) else { return nil }
    return try Message(
      type: header.type, codec: header.codec, envelope: header.envelope,
      payload: Payload(parts: parts))
  }

  /// Forgets what `peer` has begun, after it has gone.
  public mutating func forget(_ peer: PeerIdentity) { unfinished[peer] = nil }

  /// Forgets messages whose parts have not come in time; returns how many.
  @discardableResult
  public mutating func expire(atMilliseconds now: UInt64) -> Int {
    var count = 0
    for peer in unfinished.keys.sorted() {
      let before = unfinished[peer, default: [:]]
      let kept = before.filter { $0.value.deadline > now }
      count += before.count - kept.count
      unfinished[peer] = kept.isEmpty ? nil : kept
    }
    return count
  }

  /// Bytes kept of unfinished messages, of all peers.
  public var unfinishedBytes: Int {
    unfinished.values.reduce(0) { $0 + Self.byteCount($1) }
  }

  /// Keeps one part; returns all parts when none is missing.
  private mutating func keep(
    _ payload: Bytes, _ header: Header, from peer: PeerIdentity, _ now: UInt64
  ) throws(WireError) -> [Bytes]? {
    let envelope = header.envelope
    let key = Key(
      type: header.type, codec: header.codec, step: envelope.step, slice: envelope.slice,
      sliceCount: envelope.sliceCount, attempt: envelope.attempt, generation: envelope.generation,
      request: envelope.request)
    let messages = unfinished[peer, default: [:]]
    let count = Int(header.parts)
    var message =
      messages[key]
      ?? Unfinished(parts: .init(repeating: nil, count: count), missing: count, deadline: 0)
    guard message.parts.count == count else {
      unfinished[peer, default: [:]][key] = nil
      throw .invalid(what: "the number of parts", value: "\(count), then another")
    }
    guard messages[key] != nil || messages.count < messagesPerPeer else {
      throw .tooLarge(
        what: "the number of unfinished messages", value: UInt64(messages.count + 1),
        limit: messagesPerPeer)
    }
    let bytes = Self.byteCount(messages) + payload.count
    guard bytes <= bytesPerPeer else {
      unfinished[peer, default: [:]][key] = nil
      throw .tooLarge(
        what: "the size of unfinished messages", value: UInt64(bytes), limit: bytesPerPeer)
    }
    if message.parts[Int(header.part)] == nil {
      message.parts[Int(header.part)] = payload
      message.missing -= 1
      message.byteCount += payload.count
    }
    message.deadline = now + patienceMilliseconds
    if message.missing > 0 {
      unfinished[peer, default: [:]][key] = message
      return nil
    }
    unfinished[peer, default: [:]][key] = nil
    return message.parts.compactMap(\.self)
  }

  private static func byteCount(_ messages: [Key: Unfinished]) -> Int {
    messages.values.reduce(0) { $0 + $1.byteCount }
  }
}
