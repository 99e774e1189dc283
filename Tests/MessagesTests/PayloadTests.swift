import Kernels
import Testing

@testable import Messages

@Suite struct PayloadTests {
  @Test func countsTheBytesOfItsParts() {
    #expect(Payload(parts: [Bytes(count: 3), Bytes(count: 0), Bytes(count: 4)]).byteCount == 7)
    #expect(Payload.empty.byteCount == 0)
  }
}
