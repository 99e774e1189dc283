import Testing

@testable import Transport

@Suite struct AdmissionPatienceTests {
  @Test func endsAfterRefusalsAllTheTime() {
    var patience = AdmissionPatience(milliseconds: 30_000)
    for time in stride(from: 5000 as UInt64, to: 35_000, by: 1000) {
      #expect(patience.refused("no", atMilliseconds: time) == "no")
      #expect(patience.verdict(atMilliseconds: time) == nil)
      #expect(patience.present(atMilliseconds: time) == "no")
    }
    #expect(patience.refused("no", atMilliseconds: 35_000) == "no")
    #expect(patience.verdict(atMilliseconds: 35_000) == "no")
  }

  @Test func aConnectionOrAPauseBeginsAnew() {
    var patience = AdmissionPatience(milliseconds: 3000)
    #expect(patience.refused("no", atMilliseconds: 1000) == "no")
    patience.connected()
    #expect(patience.verdict(atMilliseconds: 5000) == nil)
    #expect(patience.refused("no", atMilliseconds: 6000) == "no")
    // The other side has gone: who is not there refuses nobody.
    #expect(patience.verdict(atMilliseconds: 16_001) == nil)
    #expect(patience.refused("no", atMilliseconds: 20_000) == "no")
    #expect(patience.verdict(atMilliseconds: 20_000) == nil)
    #expect(patience.verdict(atMilliseconds: 23_000) == "no")
  }

  @Test func breaksAreAReasonOnlyWithoutABetterOne() {
    var patience = AdmissionPatience(milliseconds: 3000)
    func cut(_ time: UInt64) -> String? {
      patience.refused("cut", isBreak: true, atMilliseconds: time)
    }
    #expect(cut(1) == nil)
    #expect(cut(2) == nil)
    #expect(patience.present(atMilliseconds: 2) == nil)
    #expect(cut(3) == "cut")
    #expect(patience.refused("no key", atMilliseconds: 4) == "no key")
    for time in 5..<20 as Range<UInt64> { #expect(cut(time) == "no key") }
    #expect(cut(3001) == "no key")
    #expect(patience.verdict(atMilliseconds: 3001) == "no key")
    patience.connected()
    #expect(cut(3002) == nil)
  }

  /// A link that carries nothing ends each handshake after five seconds.
  @Test func silenceIsNoRefusal() {
    var patience = AdmissionPatience(milliseconds: 30_000)
    for time in stride(from: 5000 as UInt64, to: 100_000, by: 5500) {
      #expect(patience.refused("cut", isBreak: true, atMilliseconds: time) == nil)
      #expect(patience.verdict(atMilliseconds: time) == nil)
    }
  }
}
