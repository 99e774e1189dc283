import TestSupport
import Testing

@testable import Messages

@Suite struct HandshakeTests {
  @Test func identitiesAreUsableRoutingIds() {
    var chance = Chance(state: 1)
    let identities = (0..<1000).map { _ in PeerIdentity.identity(using: &chance) }
    #expect(Set(identities).count == 1000)
    #expect(identities.allSatisfy { $0 >> 120 != 0 })
    #expect((PeerIdentity(0xAB) << 96).shortName == "000000ab")
  }

  @Test func aConfigurationMayBeLongerThanOtherTexts() throws {
    let text = String(repeating: "a: 1\n", count: 20_000)
    let body = Body.welcome(Welcome(configuration: text, dataAddress: ""))
    var reader = PayloadReader(body.payload())
    guard case .welcome(let welcome) = try Body(type: .welcome, from: &reader) else {
      Issue.record("not a welcome")
      return
    }
    #expect(welcome.configuration == text)
  }
}
