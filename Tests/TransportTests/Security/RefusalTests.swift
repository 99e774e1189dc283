import CZeroMQ
import Testing

@testable import Transport

@Suite struct RefusalTests {
  static let causes: [Refusal.Cause] = [
    .notAccepted, .brokenOff, .foreign, .otherMechanism, .undecipherable, .key,
  ]

  @Test(arguments: causes)
  func everyCauseIsOneLine(cause: Refusal.Cause) throws {
    let pair = try KeyPair.generate()
    let refusal = Refusal(cause: cause, place: "tcp://127.0.0.1:5570")
    let lines = [
      refusal.sentence(.listening, .plain), refusal.sentence(.listening, .listening(pair)),
      refusal.sentence(.connecting, .plain),
      refusal.sentence(.connecting, .connecting(pair, to: pair.publicKey)),
    ]
    for line in lines {
      #expect(line.hasPrefix("tcp://127.0.0.1:5570: "))
      #expect(!line.contains("\n") && !line.hasSuffix("."))
    }
  }

  @Test func theLibrarysNumbersHaveTheirCauses() {
    let numbers: [(UInt32, Refusal.Cause)] = [
      (0x1100_0002, .otherMechanism), (0x1100_0001, .undecipherable), (0x1000_0013, .foreign),
      (0, .foreign),
    ]
    for (number, cause) in numbers { #expect(Refusal.Cause(protocolError: number) == cause) }
  }
}
