import Messages
import Testing

@testable import Transport

@Suite struct ConnectionNameTests {
  @Test(arguments: [PeerIdentity(1) << 127, .max, 1 << 127 | 0xFFEE], [0, 1, 0xA1B2_C3D4, .max])
  func namesAreRoutingIds(peer: PeerIdentity, number: UInt32) {
    let name = ConnectionName(peer, number: number)
    #expect(name.bytes.count == 20 && name.bytes[0] != 0)
    #expect(ConnectionName(bytes: name.bytes) == name)
  }

  @Test func eachNameIsLaterThanTheOneBefore() {
    let names = (0..<3).map { _ in ConnectionName.next(of: 1 << 127) }
    #expect(names[0].number < names[1].number && names[1].number < names[2].number)
  }

  @Test(arguments: [0, 5, 16, 19, 21])
  func otherLengthsAreStrangers(count: Int) {
    #expect(ConnectionName(bytes: .init(repeating: 1, count: count)) == nil)
  }
}
