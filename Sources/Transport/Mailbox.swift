import CZeroMQ
import Glibc
import Synchronization

/// Wakes a thread that waits in a `Poller`.
public final class Waker: Sendable {
  let descriptor: Int32

  /// Takes one file descriptor until the end of its life.
  public init() {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    precondition(descriptor >= 0, "the process has no file descriptor left (see ulimit -n)")
  }

  deinit { close(descriptor) }

  /// Ends the wait that is on, or else the next one. Any thread may call it.
  public func wake() {
    var one: UInt64 = 1
    // A full counter refuses the write; then the thread is awake already.
    _ = unsafe write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }
}

/// Hands values from any thread to the one that waits in a `Poller`.
public final class Mailbox<Element: Sendable>: Sendable {
  /// Wakes the receiving thread; several mailboxes of one thread share it.
  public let waker: Waker
  private let elements = Mutex<[Element]>([])

  /// An empty mailbox.
  public init(waker: Waker = Waker()) { self.waker = waker }

  /// Adds a value and wakes the receiver.
  public func post(_ element: sending Element) {
    elements.withLock { $0.append(element) }
    waker.wake()
  }

  /// Takes everything that was posted, in its order.
  public func drain() -> [Element] {
    elements.withLock { elements in
      defer { elements.removeAll(keepingCapacity: true) }
      return elements
    }
  }
}
