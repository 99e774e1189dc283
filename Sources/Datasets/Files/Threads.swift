import Glibc
import Synchronization

/// A plain thread of the operating system; the cooperative pool must never be blocked by reading.
@safe final class PlainThread: Sendable {
  private let handle: pthread_t

  /// Starts a thread that runs `body` once.
  init(_ body: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
    let status = unsafe pthread_create(
      &handle, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box)
    precondition(status == 0, "the system refused to start a thread")
    self.handle = handle
  }

  /// Starts a thread that nobody waits for.
  static func detach(_ body: @escaping @Sendable () -> Void) {
    let thread = PlainThread(body)
    let status = pthread_detach(thread.handle)
    precondition(status == 0, "a thread was detached twice")
  }

  /// Waits until the body has returned. Called once.
  func join() {
    let status = pthread_join(handle, nil)
    precondition(status == 0, "a thread was joined twice")
  }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// Runs `body(0)` to `body(count − 1)` at the same time, one of them on the calling thread, and
/// waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let others = (1..<max(count, 1)).map { index in PlainThread { body(index) } }
  body(0)
  for thread in others { thread.join() }
}

/// Does the items 0 ..< count on several threads, in no order; the first error by item is thrown.
func inParallel(
  _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws(DataError) -> Void
) throws(DataError) {
  let next = Atomic(0)
  let failures = Failures()
  onThreads(min(threads, count)) { _ in
    while !failures.any {
      let item = next.add(1, ordering: .relaxed).oldValue
      guard item < count else { return }
      do throws(DataError) { try body(item) } catch { failures.add(error, item: item) }
    }
  }
  try failures.throwFirst()
}

/// Collects errors of several threads; the one of the lowest item counts.
final class Failures: Sendable {
  private let first = Mutex<(item: Int, error: DataError)?>(nil)

  /// Whether there was an error.
  var any: Bool { first.withLock { $0 != nil } }

  /// Notes the error of an item.
  func add(_ error: DataError, item: Int) {
    first.withLock { if item < $0?.item ?? .max { $0 = (item, error) } }
  }

  /// Throws the error of the lowest item, if there is one.
  func throwFirst() throws(DataError) {
    if let error = first.withLock({ $0?.error }) { throw error }
  }
}

/// A mutex with a condition that threads wait for.
@safe final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` while no other thread is inside.
  func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Inside `locked`: lets others in until somebody calls `wakeAll`.
  func wait() { unsafe pthread_cond_wait(condition, mutex) }

  /// Inside `locked`: wakes all that wait.
  func wakeAll() { unsafe pthread_cond_broadcast(condition) }
}
