import TestSockets

/// What somebody does to a port of this machine who does not know the protocol.
enum Stranger {
  /// Connects; the other side then has ten seconds to do what is expected of it.
  static func connect(port: UInt16) -> TCPSocket? { TCPSocket(port: port, patienceSeconds: 10) }

  /// Connects and goes away, so many times; returns how often it could connect.
  static func knock(_ times: Int, port: UInt16) -> Int {
    (0..<times).count { number in
      guard let stranger = connect(port: port) else { return false }
      if number.isMultiple(of: 3) { stranger.send([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]) }
      if number.isMultiple(of: 5) { stranger.send((0..<80).map { UInt8($0 &* 3) }) }
      stranger.resetAtEnd()
      return true
    }
  }

  /// The greeting of ZMTP 3.0 with this mechanism, then a frame that claims to be a tebibyte.
  static func oversized(mechanism: String) -> [UInt8] {
    let signature: [UInt8] = [0xFF] + .init(repeating: 0, count: 8) + [0x7F]
    var name = Array(mechanism.utf8)
    name += .init(repeating: 0, count: 20 - name.count)
    let length: [UInt8] = [0, 0, 1, 0, 0, 0, 0, 0]
    return signature + [3, 0] + name + .init(repeating: 0, count: 32) + [0x02] + length
      + .init(repeating: 7, count: 4096)
  }
}
