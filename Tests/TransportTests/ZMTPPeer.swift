import Messages
import TestSockets

@testable import Transport

/// A peer that speaks ZMTP 3.0 by hand (rfc.zeromq.org/spec/23), so that it can misbehave.
extension TCPSocket {
  /// Introduces itself as a dealer on a connection of this number.
  func introduce(as identity: PeerIdentity, number: UInt32 = 1) {
    let signature: [UInt8] = [0xFF] + .init(repeating: 0, count: 8) + [0x7F]
    let mechanism = Array("NULL".utf8) + .init(repeating: 0, count: 16)
    send(signature + [3, 0] + mechanism + .init(repeating: 0, count: 32))
    let name = ConnectionName(identity, number: number).bytes
    let ready =
      text("READY") + text("Socket-Type") + long(Array("DEALER".utf8)) + text("Identity")
      + long(name)
    send([0x04, UInt8(ready.count)] + ready)
    // Nothing may follow before the other side has introduced itself as well.
    let head = receive(66)
    if head.count == 66 { _ = receive(Int(head[65])) }
  }

  /// Sends a message of short frames.
  func send(_ message: Message) {
    for frame in message.frames() {
      send([0x01, UInt8(frame.header.count)] + frame.header.array)
      send([0x00, UInt8(frame.payload.count)] + frame.payload.array)
    }
  }

  private func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  private func long(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
}
