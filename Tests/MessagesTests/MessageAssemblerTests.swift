import Kernels
import Testing

@testable import Messages

@Suite struct MessageAssemblerTests {
  /// 1.36 MB: six frames.
  static func message(step: UInt64 = 1) -> Message {
    Message(.rows(Samples.rows(20_000)), Envelope(job: 1, generation: 1, step: step))
  }

  @Test func partsMayComeInAnyOrderAndTwice() throws {
    let frames = Self.message().frames()
    #expect(frames.count == 6)
    var assembler = MessageAssembler()
    for index in [5, 0, 0, 3, 5, 1, 4] {
      #expect(try assembler.accept(frames[index], from: 1, atMilliseconds: 0) == nil)
    }
    let message = try assembler.accept(frames[2], from: 1, atMilliseconds: 0)
    #expect(
      message?.body.payload().bytes == Self.message().body.payload().bytes)
    #expect(assembler.unfinishedBytes == 0)
  }

  @Test func peersDoNotMix() throws {
    let frames = Self.message().frames()
    var assembler = MessageAssembler()
    for frame in frames.dropLast() {
      #expect(try assembler.accept(frame, from: 1, atMilliseconds: 0) == nil)
    }
    #expect(try assembler.accept(frames[5], from: 2, atMilliseconds: 0) == nil)
    #expect(try assembler.accept(frames[5], from: 1, atMilliseconds: 0) != nil)
  }

  @Test func unitsThatBeginWithTheSameSliceDoNotMix() throws {
    let rows = Body.rows(Samples.rows(20_000))
    let (four, two) = (4 as UInt16, 2 as UInt16)
    let frames = [four, two].map { Message(rows, Envelope(step: 1, sliceCount: $0)).frames() }
    var assembler = MessageAssembler()
    for frame in frames[0].dropLast() {
      #expect(try assembler.accept(frame, from: 1, atMilliseconds: 0) == nil)
    }
    #expect(try assembler.accept(frames[1][5], from: 1, atMilliseconds: 0) == nil)
    let whole = try assembler.accept(frames[0][5], from: 1, atMilliseconds: 0)
    #expect(whole?.envelope.sliceCount == 4)
  }

  @Test func forgetsPeersAndOldMessages() throws {
    let frames = Self.message().frames()
    var assembler = MessageAssembler(patienceMilliseconds: 100)
    _ = try assembler.accept(frames[0], from: 1, atMilliseconds: 0)
    _ = try assembler.accept(frames[0], from: 2, atMilliseconds: 50)
    #expect(assembler.expire(atMilliseconds: 99) == 0)
    #expect(assembler.expire(atMilliseconds: 100) == 1)
    #expect(assembler.unfinishedBytes == WireLimits.partBytes)
    assembler.forget(2)
    #expect(assembler.unfinishedBytes == 0)
  }

  @Test func memoryIsBounded() throws {
    var assembler = MessageAssembler(bytesPerPeer: 3 * WireLimits.partBytes, messagesPerPeer: 2)
    let frames = Self.message().frames()
    for index in 0..<3 { _ = try assembler.accept(frames[index], from: 1, atMilliseconds: 0) }
    #expect(throws: WireError.self) {
      try assembler.accept(frames[3], from: 1, atMilliseconds: 0)
    }
    #expect(assembler.unfinishedBytes == 0)
    for step in 1...2 as ClosedRange<UInt64> {
      let frame = Self.message(step: step).frames()[5]
      _ = try assembler.accept(frame, from: 1, atMilliseconds: 0)
    }
    #expect(throws: WireError.self) {
      try assembler.accept(Self.message(step: 3).frames()[5], from: 1, atMilliseconds: 0)
    }
    // Another peer is not affected.
    _ = try assembler.accept(Self.message(step: 3).frames()[5], from: 2, atMilliseconds: 0)
  }

  @Test func theNumberOfPartsIsBelievedOnce() throws {
    let payload = Bytes(count: 8)
    func frame(_ part: UInt32, of parts: UInt32) -> Frame {
      let header = Header(type: .rows, envelope: Envelope(step: 1), part: part, parts: parts)
      return Frame(header: header.encoded(payload: payload), payload: payload)
    }
    var assembler = MessageAssembler()
    _ = try assembler.accept(frame(0, of: 3), from: 1, atMilliseconds: 0)
    #expect(throws: WireError.self) {
      try assembler.accept(frame(1, of: 4), from: 1, atMilliseconds: 0)
    }
    #expect(throws: WireError.self) {
      try assembler.accept(frame(0, of: .max), from: 1, atMilliseconds: 0)
    }
    #expect(throws: WireError.self) {
      try assembler.accept(frame(4, of: 4), from: 1, atMilliseconds: 0)
    }
  }
}
