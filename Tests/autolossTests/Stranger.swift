import Foundation
import Glibc

/// A bare connection to a port of this machine, from somebody who does not know the protocol.
final class Stranger {
  private let descriptor: Int32

  /// Connects; nil when that fails.
  init?(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, size)
      }
    }
    if result != 0 { return nil }
    // The other side has ten seconds to do what is expected of it.
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, length)
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) {
    _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Whether the other side cuts the connection; what it says before is not heard.
  func isCutOff() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
      if count < 0 { return false }
    }
  }

  /// Lets the end of the connection be a reset, which leaves no trace on this side.
  func resetAtEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    let length = socklen_t(MemoryLayout<Glibc.linger>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, length)
  }

  /// Connects and goes away, so many times; returns how often it could connect.
  static func knock(_ times: Int, port: UInt16) -> Int {
    (0..<times).count { number in
      guard let stranger = Stranger(port: port) else { return false }
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
