import Foundation
import Kernels
import TestSupport
import Testing

@testable import Messages

@Suite struct MessageTests {
  @Test(arguments: Samples.bodies.indices)
  func everyBodySurvivesTheWire(index: Int) throws {
    let message = Message(Samples.bodies[index], HeaderTests.envelope)
    var assembler = MessageAssembler()
    let frames = message.frames()
    for (position, frame) in frames.enumerated() {
      #expect(frame.payload.count <= WireLimits.partBytes)
      let whole = try assembler.accept(frame, from: 1, atMilliseconds: 0)
      #expect((whole != nil) == (position == frames.count - 1))
      guard let whole else { continue }
      #expect(whole.envelope == message.envelope)
      #expect(whole.body.type == message.body.type)
      #expect(whole.body.codec == message.body.codec)
      #expect(whole.body.payload().bytes == message.body.payload().bytes)
    }
    #expect(assembler.unfinishedBytes == 0)
  }

  @Test func allTypesHaveASample() {
    #expect(Set(Samples.bodies.map(\.type)) == Set(MessageType.allCases))
  }

  /// Damaged contents behind an intact checksum, as an enemy would send them: a decoder may refuse
  /// them or make something of them, but must not trap, and memory stays bounded by what came.
  @Test func decodersSurviveDamage() throws {
    let count =
      Int(ProcessInfo.processInfo.environment["AUTOLOSS_FUZZ_INPUTS"] ?? "") ?? 60_000
    let samples = Samples.bodies
      .map { (type: $0.type, codec: $0.codec, bytes: $0.payload().bytes) }
      .filter { $0.bytes.count < 10_000 }
    var chance = Chance(state: 42)
    var refused = 0
    for _ in 0..<count {
      let sample = samples[Int(chance.next() % UInt64(samples.count))]
      let bytes = Self.damaged(sample.bytes, &chance)
      let payload = Payload(parts: Self.cut(bytes, &chance))
      do {
        let message = try Message(
          type: sample.type, codec: sample.codec, envelope: HeaderTests.envelope,
          payload: payload)
        // What was accepted can be used: encoding reads every field and section.
        #expect(message.body.payload().byteCount <= bytes.count + 16)
      } catch {
        refused += 1
      }
    }
    #expect(refused > count / 4)
    print("fuzz: \(count) damaged messages, \(refused) refused, none trapped")
  }

  /// Damage as a bad network does it: the checksum finds all of it.
  @Test func framesSurviveDamage() {
    var chance = Chance(state: 43)
    let frames = Samples.bodies.map { Message($0, HeaderTests.envelope).frames()[0] }
      .filter { $0.payload.count < 10_000 }
    let count = 20_000
    for _ in 0..<count {
      let frame = frames[Int(chance.next() % UInt64(frames.count))]
      let all = frame.header.array + frame.payload.array
      let bytes = Self.damaged(all, &chance)
      if bytes == all { continue }
      let split = min(Header.byteCount, bytes.count)
      var assembler = MessageAssembler()
      #expect(throws: WireError.self) {
        try assembler.accept(
          Frame(
            header: Bytes(Array(bytes[..<split])), payload: Bytes(Array(bytes[split...]))),
          from: 1, atMilliseconds: 0)
      }
    }
    print("fuzz: \(count) damaged frames, all refused")
  }

  /// Flips, overwrites, cuts or inserts, once to four times.
  private static func damaged(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = bytes
    for _ in 0...(chance.next() % 4) {
      let place = bytes.isEmpty ? 0 : Int(chance.next() % UInt64(bytes.count))
      switch chance.next() % 5 {
      case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(chance.next() % 8)
      case 1 where !bytes.isEmpty:
        let word: [UInt8] = [
          [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80],
        ][
          Int(chance.next() % 3)]
        let end = min(place + 4, bytes.count)
        bytes.replaceSubrange(place..<end, with: word[..<(end - place)])
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.insert(UInt8(truncatingIfNeeded: chance.next()), at: place)
      default:
        bytes.append(contentsOf: (0..<(chance.next() % 9)).map { UInt8(truncatingIfNeeded: $0) })
      }
    }
    return bytes
  }

  /// The bytes in one or two parts.
  private static func cut(_ bytes: [UInt8], _ chance: inout Chance) -> [Bytes] {
    let place = Int(chance.next() % UInt64(bytes.count + 1))
    return [Bytes(Array(bytes[..<place])), Bytes(Array(bytes[place...]))]
  }
}
