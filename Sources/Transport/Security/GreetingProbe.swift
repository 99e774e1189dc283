import Glibc
import Kernels

/// Asks a listener what kind of security it has, without taking part in a handshake.
///
/// Of two sides whose security does not fit, one closes the connection before the other has seen
/// why. Here only the beginning of the greeting is sent (ZMTP 3.1, RFC 37: signature and version),
/// upon which the listener tells the name of its mechanism and waits for ours.
enum GreetingProbe {
  private static let greetingBytes = 64
  private static let mechanismBytes = 12..<32
  /// Signature, and the version 3.1.
  private static let beginning: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1]

  /// The mechanism of the listener at `endpoint`, `NULL` or `CURVE`; nil when nobody tells it in
  /// time, or when the address is a name, which could take long to look up.
  static func mechanism(
    of endpoint: Endpoint, withinMilliseconds patience: Int = 250
  ) -> String? {
    guard case .tcp(let host, let port) = endpoint else { return nil }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let numbers = host == "localhost" ? "127.0.0.1" : host
    guard unsafe getaddrinfo(numbers, "\(port)", &hints, &found) == 0, let address = unsafe found
    else { return nil }
    defer { unsafe freeaddrinfo(address) }
    let descriptor = unsafe socket(
      address.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let deadline = Uptime.milliseconds + UInt64(patience)
    let code = unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen)
    guard code == 0 || errno == EINPROGRESS, wait(descriptor, POLLOUT, until: deadline),
      unsafe send(descriptor, beginning, beginning.count, Int32(MSG_NOSIGNAL)) == beginning.count
    else { return nil }
    return greeting(descriptor, until: deadline).flatMap { mechanism(in: $0) }
  }

  /// The whole greeting of the other side, if it comes in time.
  private static func greeting(_ descriptor: Int32, until deadline: UInt64) -> [UInt8]? {
    var greeting: [UInt8] = []
    while greeting.count < greetingBytes {
      guard wait(descriptor, POLLIN, until: deadline) else { return nil }
      var piece = [UInt8](repeating: 0, count: greetingBytes - greeting.count)
      let count = unsafe recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      greeting += piece.prefix(count)
    }
    return greeting
  }

  /// The name of the mechanism in a greeting; nil when it is none.
  private static func mechanism(in greeting: [UInt8]) -> String? {
    guard greeting[0] == 0xFF, greeting[9] == 0x7F, greeting[10] >= 3 else { return nil }
    return String(validating: greeting[mechanismBytes].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Waits until the socket is ready; false when it is not in time, or broken.
  private static func wait(
    _ descriptor: Int32, _ events: Int32, until deadline: UInt64
  ) -> Bool {
    let now = Uptime.milliseconds
    guard now < deadline else { return false }
    var item = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return unsafe poll(&item, 1, Int32(deadline - now)) == 1 && Int32(item.revents) & events != 0
  }
}
