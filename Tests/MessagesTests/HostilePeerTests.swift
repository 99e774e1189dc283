import Foundation
import Kernels
import TestSupport
import Testing

@testable import Messages

/// Peers that know the protocol and mean harm: every checksum is right, everything else may not be.
///
/// `AUTOLOSS_FUZZ_INPUTS` sets how many inputs each test makes; a seed replays them.
@Suite(.timeLimit(.minutes(10))) struct HostilePeerTests {
  static func inputs(_ standard: Int) -> Int {
    Int(ProcessInfo.processInfo.environment["AUTOLOSS_FUZZ_INPUTS"] ?? "") ?? standard
  }

  /// A number that a decoder may stumble over.
  private static func number(_ chance: inout Chance) -> UInt64 {
    let edges: [UInt64] = [
      0, 1, 2, 3, 63, 64, 65, 255, 4095, 4096, 4097, 1 << 18, 1 << 20, 1 << 30, 0x7FFF_FFFF,
      0x8000_0000, 0xFFFF_FFFF, 1 << 32, .max >> 1, .max,
    ]
    let draw = chance.next()
    return draw % 4 == 0 ? draw >> 7 : edges[Int(draw >> 8) % edges.count]
  }

  /// A frame with fields from all over, and the checksum that belongs to them.
  private static func frame(_ chance: inout Chance, payload limit: Int) -> Frame {
    let payload = Bytes(count: Int(chance.next() % UInt64(limit + 1)))
    for index in 0..<payload.count { payload[index] = UInt8(truncatingIfNeeded: chance.next()) }
    let types = MessageType.allCases
    let type = types[Int(chance.next() % UInt64(types.count))]
    let codec = type.codecs[Int(chance.next() % UInt64(type.codecs.count))]
    let header = Header(type: type, codec: codec, envelope: HeaderTests.envelope)
    let bytes = header.encoded(payload: payload)
    // Few keys, so that parts meet.
    bytes.store(chance.next() % 4, at: 16)
    for offset in [24, 32] { bytes.store(UInt32(chance.next() % 2), at: offset) }
    for offset in [28, 30] { bytes.store(UInt16(chance.next() % 2), at: offset) }
    bytes.store(UInt32(truncatingIfNeeded: number(&chance)), at: 36)
    bytes.store(UInt32(truncatingIfNeeded: number(&chance)), at: 40)
    if chance.next().isMultiple(of: 2) {
      let parts = 1 + chance.next() % 3
      bytes.store(UInt32(chance.next() % parts), at: 36)
      bytes.store(UInt32(parts), at: 40)
    }
    if chance.next() % 8 == 0 {
      let offset = Int(chance.next() % 56)
      bytes[offset] = UInt8(truncatingIfNeeded: number(&chance))
    }
    let checksum = ByteHash.xxh64(payload, seed: ByteHash.xxh64(bytes.slice(0, 56)))
    bytes.store(checksum, at: 56)
    return Frame(header: bytes, payload: payload)
  }

  @Test func headersWithoutMeaningAreRefused() {
    let count = Self.inputs(100_000)
    var chance = Chance(state: 45)
    var refused = 0
    for _ in 0..<count {
      let frame = Self.frame(&chance, payload: 16)
      do {
        let header = try Header(decoding: frame.header, payload: frame.payload)
        #expect(header.part < header.parts)
        #expect(header.encoded(payload: frame.payload).count == Header.byteCount)
      } catch { refused += 1 }
    }
    #expect(refused > count / 4)
    print("fuzz: \(count) headers with a right checksum, \(refused) refused, none trapped")
  }

  @Test func piecesOfMessagesStayWithinBounds() {
    let count = Self.inputs(100_000)
    let (bytes, messages) = (4096, 8)
    var assembler = MessageAssembler(
      bytesPerPeer: bytes, messagesPerPeer: messages, patienceMilliseconds: 50)
    var chance = Chance(state: 46)
    var (refused, whole, most) = (0, 0, 0)
    for round in 0..<count {
      let peer = PeerIdentity(chance.next() % 3)
      let time = UInt64(round / 10)
      do {
        let frame = Self.frame(&chance, payload: 200)
        if try assembler.accept(frame, from: peer, atMilliseconds: time) != nil { whole += 1 }
      } catch { refused += 1 }
      if chance.next() % 100 == 0 { assembler.forget(peer) }
      if chance.next() % 100 == 0 { assembler.expire(atMilliseconds: time) }
      most = max(most, assembler.unfinishedBytes)
    }
    #expect(most <= 3 * bytes)
    for peer in 0..<3 as Range<PeerIdentity> { assembler.forget(peer) }
    #expect(assembler.unfinishedBytes == 0)
    print(
      "fuzz: \(count) frames of three peers, \(refused) refused, \(whole) messages whole, "
        + "at most \(most) bytes kept")
  }

  /// Real messages of several frames, of which some are damaged behind a right checksum: whatever
  /// comes out can be used.
  @Test func longMessagesSurviveDamage() throws {
    let count = Self.inputs(200)
    let bodies =
      MessageType.rows.codecs.map { Body.rows(Samples.rows(20_000, $0)) }
      + MessageType.push.codecs.map { Body.push(Samples.push(20_000, $0)) }
    let frames = bodies.map { Message($0, HeaderTests.envelope).frames() }
    var chance = Chance(state: 47)
    var refused = 0
    for round in 0..<count {
      var assembler = MessageAssembler()
      do {
        for frame in frames[round % frames.count].shuffled(using: &chance) {
          let header = try Header(decoding: frame.header, payload: frame.payload)
          let payload = Bytes(frame.payload.array)
          let place = Int(chance.next() % 64)
          if payload.count > place { payload[place] = UInt8(truncatingIfNeeded: chance.next()) }
          let damaged = Frame(header: header.encoded(payload: payload), payload: payload)
          let message = try assembler.accept(damaged, from: 1, atMilliseconds: 0)
          if let message { _ = message.body.payload().byteCount }
        }
      } catch { refused += 1 }
    }
    #expect(refused > 0)
    print("fuzz: \(count) damaged messages of many frames, \(refused) refused, none trapped")
  }
}
