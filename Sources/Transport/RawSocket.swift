import CZeroMQ
import Glibc
import Kernels

/// A socket of the library behind a safe face: whole multipart messages, never waiting.
///
/// It belongs to the thread that made it. The library does not forgive another, so use by
/// another traps.
@safe final class RawSocket {
  let pointer: UnsafeMutableRawPointer
  /// Kept alive by most sockets; not by the one whose thread the context waits for.
  private let context: Context?
  private let thread = pthread_self()
  private let incoming: UnsafeMutablePointer<zmq_msg_t>
  private(set) var isOpen = true

  enum Outcome: Equatable {
    case sent
    case wouldBlock
    case unreachable
  }

  /// Opens a socket of this kind, `ZMQ_ROUTER` and the like.
  convenience init(_ kind: Int32, in context: Context) throws(TransportError) {
    try unsafe self.init(kind, at: context.pointer, keeping: context)
  }

  /// Opens a socket; who does not keep the context must close it before the context ends.
  init(
    _ kind: Int32, at pointer: UnsafeMutableRawPointer, keeping context: Context? = nil
  ) throws(TransportError) {
    guard let pointer = unsafe zmq_socket(pointer, kind) else {
      throw .socket(operation: "opening a socket", reason: lastReason())
    }
    unsafe self.pointer = unsafe pointer
    unsafe incoming = .allocate(capacity: 1)
    self.context = context
  }

  deinit {
    if isOpen { _ = unsafe zmq_close(pointer) }
    unsafe incoming.deallocate()
  }

  /// Traps when the caller is not the thread that made the socket.
  func requireOwner() {
    precondition(
      pthread_equal(thread, pthread_self()) != 0,
      "a socket was used by a thread that did not make it")
    precondition(isOpen, "a socket was used after it was closed")
  }

  /// Sets a number among the options.
  func set(_ option: Int32, _ value: Int32) throws(TransportError) {
    var value = value
    guard unsafe zmq_setsockopt(pointer, option, &value, MemoryLayout<Int32>.size) == 0 else {
      throw .socket(operation: "setting socket option \(option)", reason: lastReason())
    }
  }

  /// Sets a 64-bit number among the options.
  func set(_ option: Int32, wide value: Int64) throws(TransportError) {
    var value = value
    guard unsafe zmq_setsockopt(pointer, option, &value, MemoryLayout<Int64>.size) == 0 else {
      throw .socket(operation: "setting socket option \(option)", reason: lastReason())
    }
  }

  /// Sets bytes among the options.
  func set(_ option: Int32, bytes: [UInt8]) throws(TransportError) {
    guard unsafe zmq_setsockopt(pointer, option, bytes, bytes.count) == 0 else {
      throw .socket(operation: "setting socket option \(option)", reason: lastReason())
    }
  }

  /// Binds, and returns the text of the address that was really bound.
  func bind(_ endpoint: String) throws(TransportError) -> String {
    guard unsafe zmq_bind(pointer, endpoint) == 0 else {
      throw .endpoint(operation: "listen on", endpoint: endpoint, reason: lastReason())
    }
    var text = [UInt8](repeating: 0, count: 512)
    var length = text.count
    guard unsafe zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &length) == 0 else {
      throw .endpoint(operation: "ask for the port of", endpoint: endpoint, reason: lastReason())
    }
    return String(decoding: text.prefix(while: { $0 != 0 }), as: UTF8.self)
  }

  /// Connects; the library keeps trying until the socket is closed.
  func connect(_ endpoint: String) throws(TransportError) {
    guard unsafe zmq_connect(pointer, endpoint) == 0 else {
      throw .endpoint(operation: "connect to", endpoint: endpoint, reason: lastReason())
    }
  }

  /// Ends what `connect` began; there may be nothing left of it.
  func disconnect(_ endpoint: String) { _ = unsafe zmq_disconnect(pointer, endpoint) }

  /// Sends all parts as one message or none of them.
  func send(_ parts: [Bytes]) -> Outcome {
    requireOwner()
    for (index, part) in parts.enumerated() {
      let more = index + 1 < parts.count ? ZMQ_SNDMORE : 0
      let outcome = send(part, flags: ZMQ_DONTWAIT | more)
      // Only the first part can be refused: after it the library takes the rest or, when the
      // connection has just broken, drops them, as it may drop anything that is on its way.
      if outcome != .sent { return outcome }
    }
    return .sent
  }

  /// Receives one whole message; nil when none is there.
  func receive() -> [Bytes]? {
    requireOwner()
    var parts: [Bytes] = []
    while let part = receivePart() {
      parts.append(part.bytes)
      if !part.more { return parts }
    }
    return nil
  }

  /// Closes; the library goes on sending for so long when the context ends.
  func close(lingerMilliseconds: Int32) {
    guard isOpen else { return }
    requireOwner()
    var linger = lingerMilliseconds
    _ = unsafe zmq_setsockopt(pointer, ZMQ_LINGER, &linger, MemoryLayout<Int32>.size)
    _ = unsafe zmq_close(pointer)
    isOpen = false
  }

  private func send(_ part: Bytes, flags: Int32) -> Outcome {
    var message = zmq_msg_t()
    // A large part is lent to the library, which returns it from a thread of its own.
    if part.count >= Self.lentBytes {
      let loan = unsafe Unmanaged.passRetained(Loan(part)).toOpaque()
      guard
        unsafe zmq_msg_init_data(&message, part.pointer, part.count, endLoan, loan) == 0
      else { preconditionFailure("no memory for a message") }
    } else {
      guard unsafe zmq_msg_init_size(&message, part.count) == 0 else {
        preconditionFailure("no memory for a message")
      }
      unsafe zmq_msg_data(&message)?.copyMemory(from: part.pointer, byteCount: part.count)
    }
    while unsafe zmq_msg_send(&message, pointer, flags) < 0 {
      let number = zmq_errno()
      if number == EINTR { continue }
      _ = unsafe zmq_msg_close(&message)
      // Every other error means that there is nobody to send to.
      return number == EAGAIN ? .wouldBlock : .unreachable
    }
    return .sent
  }

  private func receivePart() -> (bytes: Bytes, more: Bool)? {
    unsafe zmq_msg_init(incoming)
    defer { _ = unsafe zmq_msg_close(incoming) }
    while unsafe zmq_msg_recv(incoming, pointer, ZMQ_DONTWAIT) < 0 {
      if zmq_errno() != EINTR { return nil }
    }
    let more = unsafe zmq_msg_more(incoming) != 0
    let count = unsafe zmq_msg_size(incoming)
    // A large part stays in the library's memory until nobody reads it any more.
    if count >= Self.lentBytes { return (unsafe Self.borrow(incoming, count), more) }
    let bytes = Bytes(unfilled: count)
    if let data = unsafe zmq_msg_data(incoming) {
      unsafe UnsafeMutableRawPointer(bytes.pointer).copyMemory(from: data, byteCount: count)
    }
    return (bytes, more)
  }

  /// Parts of so many bytes and more are lent, not copied.
  private static var lentBytes: Int { 4096 }

  /// A view of the content of `message`, which is emptied; the memory goes back to the library with
  /// the last view of it.
  private static func borrow(_ message: UnsafeMutablePointer<zmq_msg_t>, _ count: Int) -> Bytes {
    let kept = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
    unsafe zmq_msg_init(kept)
    guard unsafe zmq_msg_move(kept, message) == 0, let data = unsafe zmq_msg_data(kept) else {
      preconditionFailure("a message that was received has no content")
    }
    let base = unsafe data.assumingMemoryBound(to: UInt8.self)
    return unsafe Bytes(borrowing: base, count: count) {
      _ = unsafe zmq_msg_close(kept)
      unsafe kept.deallocate()
    }
  }
}

/// Keeps the memory of a part alive while the library sends it.
private final class Loan {
  let bytes: Bytes
  init(_ bytes: Bytes) { self.bytes = bytes }
}

/// Runs on a thread of the library, so it only releases.
private let endLoan: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = {
  _, hint in
  if let hint = unsafe hint { unsafe Unmanaged<Loan>.fromOpaque(hint).release() }
}
