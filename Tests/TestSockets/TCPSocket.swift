import Glibc

/// A bare TCP socket on loopback, which knows no protocol and may misbehave. It is closed with the
/// last reference.
public final class TCPSocket {
  /// The number by which the kernel knows it.
  let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Connects to a port of this machine; nil when nobody listens there.
  ///
  /// - Parameters:
  ///   - port: of the listener.
  ///   - host: an IPv4 address as a number.
  ///   - patienceSeconds: after so long a `receive` gives up; 0 means never.
  public init?(port: UInt16, host: UInt32 = TCPSocket.loopback, patienceSeconds: Int = 0) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let code = unsafe Self.use(host, port) { unsafe connect(descriptor, $0, $1) }
    if code != 0 { return nil }
    guard patienceSeconds > 0 else { return }
    var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, length)
  }

  /// Listens at `host` and `port`, 0 for any; nil when the address is taken.
  public static func listening(host: UInt32 = loopback, port: UInt16 = 0) -> TCPSocket? {
    let listener = TCPSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    listener.set(SO_REUSEADDR, 1)
    guard unsafe use(host, port, { unsafe bind(listener.descriptor, $0, $1) }) == 0,
      listen(listener.descriptor, 128) == 0
    else { return nil }
    return listener
  }

  /// 127.0.0.1.
  public static let loopback: UInt32 = 0x7F00_0001

  /// The port of this end.
  public var port: UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe getsockname(descriptor, $0, &size)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// The next connection of a listener; nil when there is none.
  public func accepted() -> TCPSocket? {
    let next = accept(descriptor, nil, nil)
    return next < 0 ? nil : TCPSocket(next)
  }

  /// Lets no operation wait, and sends small pieces at once.
  func neverWaits() {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var isOn: Int32 = 1
    let length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, length)
  }

  /// Sends; returns how many bytes were taken, or −1.
  @discardableResult
  public func send(_ bytes: some Collection<UInt8>) -> Int {
    let piece = Array(bytes)
    return unsafe Glibc.send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL))
  }

  /// Whether the last operation of this thread failed only because it would have had to wait.
  static var wouldWait: Bool { errno == EAGAIN || errno == EINTR }

  /// What one read gives.
  enum Piece: Equatable {
    case bytes([UInt8])
    case nothing
    case end
    case broken
  }

  /// Reads what is there, at most so many bytes.
  func read(atMost count: Int) -> Piece {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe recv(descriptor, &bytes, count, 0)
    if received > 0 { return .bytes(Array(bytes.prefix(received))) }
    if received == 0 { return .end }
    return Self.wouldWait ? .nothing : .broken
  }

  /// Waits for so many bytes; fewer when the connection ends or patience does.
  public func receive(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
    return Array(bytes.prefix(max(0, received)))
  }

  /// Whether the other side cuts the connection; what it says before is not heard.
  public func isCutOff() -> Bool {
    while true {
      switch read(atMost: 4096) {
      case .bytes: continue
      case .end: return true
      case .broken: return errno == ECONNRESET
      case .nothing: return false
      }
    }
  }

  /// Says that nothing more will be sent.
  func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Lets the end of the connection be a reset, which leaves no trace on this side.
  public func resetAtEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    let length = socklen_t(MemoryLayout<Glibc.linger>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, length)
  }

  private func set(_ option: Int32, _ value: Int32) {
    var value = value
    let length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, length)
  }

  /// Calls `body` with the address in the form that the system takes.
  private static func use(
    _ host: UInt32, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = host.bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
