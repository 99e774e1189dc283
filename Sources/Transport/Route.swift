import Glibc

/// Where the way from this machine to another one begins.
public enum Route {
  /// The numeric address of this machine from which it reaches the host of `endpoint`, which is
  /// one by which that host reaches it; nil while the name is not known or no way leads there.
  ///
  /// Asks the resolver, which may take seconds, and sends nothing to the host. Names stand for
  /// addresses of version 4, as they do for sockets.
  public static func localHost(towards endpoint: Endpoint) -> String? {
    // The resolver would take `*` for this machine.
    guard case .tcp(let host, let port) = endpoint, host != "*" else { return nil }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICSERV
    unsafe hints.ai_family = endpoint.isVersion6 ? AF_INET6 : AF_INET
    unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = unsafe found
    else { return nil }
    defer { unsafe freeaddrinfo(address) }
    let descriptor = unsafe socket(
      address.pointee.ai_family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Connecting a socket of datagrams chooses the way, no more.
    guard unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
    else { return nil }
    return ownHost(descriptor)
  }

  /// The address that a socket has on this machine.
  private static func ownHost(_ descriptor: Int32) -> String? {
    var own = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [CChar](repeating: 0, count: 256)
    let isKnown = unsafe withUnsafeMutablePointer(to: &own) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        guard unsafe getsockname(descriptor, place, &length) == 0 else { return false }
        return unsafe getnameinfo(
          place, length, &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST)) == 0
      }
    }
    guard isKnown else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
