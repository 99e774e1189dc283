import Messages
import Testing

@testable import Transport

@Suite struct SocketEventTests {
  @Test(arguments: [PeerIdentity(1) << 127, .max, 1 << 127 | 0xFFEE])
  func identitiesAreRoutingIds(identity: PeerIdentity) {
    #expect(identity.routingBytes.count == 16)
    #expect(PeerIdentity(routingBytes: identity.routingBytes) == identity)
  }

  @Test func otherLengthsAreStrangers() {
    #expect(PeerIdentity(routingBytes: [0, 1, 2, 3, 4]) == nil)
  }
}
