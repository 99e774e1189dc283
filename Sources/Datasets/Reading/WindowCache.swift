import Kernels

/// Decoded windows of a split: the last few in use, and the next one, which a thread reads ahead.
///
/// The memory of a window is used again for another once nobody copies from it. There are at most
/// `capacity` windows, or as many as have been copied from and loaded at the same time. A reader
/// that needs a window nobody is loading loads it itself, so nothing waits for the thread.
final class WindowCache: @unchecked Sendable {
  /// A window of an epoch.
  struct Key: Hashable, Sendable {
    var epoch: Int
    var window: Int
  }

  /// The memory of a window: its rows, and room for their places while it is loaded.
  struct Window: Sendable {
    let rows: SliceRows
    let places: View<UInt32>
  }

  private enum State: Equatable { case empty, loading, ready }

  private struct Slot {
    let window: Window
    var key: Key
    var state = State.loading
    /// How many threads copy from it.
    var readers = 0
    var lastUse = 0

    /// Whether its memory may become another window's.
    var isFree: Bool { state != .loading && readers == 0 }
    func holds(_ key: Key) -> Bool { state != .empty && self.key == key }
  }

  private let capacity: Int
  private let makeWindow: @Sendable () -> Window
  private let load: @Sendable (Key, Window) throws(DataError) -> Void
  // All below is touched inside the monitor only.
  private let monitor = Monitor()
  private var slots: [Slot] = []
  private var uses = 0
  private var wanted: Key?
  private var hasThread = false
  private var isStopped = false

  /// Windows in memory from `makeWindow`, filled by `load`; three in use and one being loaded is
  /// what a run needs.
  init(
    capacity: Int = 4, makeWindow: @escaping @Sendable () -> Window,
    load: @escaping @Sendable (Key, Window) throws(DataError) -> Void
  ) {
    self.capacity = capacity
    self.makeWindow = makeWindow
    self.load = load
  }

  /// Calls `body` with the rows of a window, loaded now if need be; they stay as they are until it
  /// returns.
  func withRows(_ key: Key, _ body: (SliceRows) -> Void) throws(DataError) {
    let (slot, rows, isMine) = monitor.locked { enter(key) }
    if isMine { try fill(slot, key) }
    body(rows)
    monitor.locked { slots[slot].readers -= 1 }
  }

  /// Asks the thread to load a window soon.
  func readAhead(_ key: Key) {
    let isFirst = monitor.locked {
      guard wanted != key, !isStopped, !slots.contains(where: { $0.holds(key) }) else {
        return false
      }
      wanted = key
      monitor.wakeAll()
      defer { hasThread = true }
      return !hasThread
    }
    // The thread keeps the cache alive until `stop`.
    if isFirst { PlainThread.detach { [self] in work() } }
  }

  /// Ends the thread; rows can still be loaded.
  func stop() {
    monitor.locked {
      isStopped = true
      monitor.wakeAll()
    }
  }

  /// Inside the monitor: the slot of a window, with the caller among its readers; when `isMine`,
  /// the caller must `fill` it first.
  private func enter(_ key: Key) -> (slot: Int, rows: SliceRows, isMine: Bool) {
    while let slot = slots.firstIndex(where: { $0.holds(key) }) {
      guard slots[slot].state == .ready else {
        monitor.wait()
        continue
      }
      slots[slot].readers += 1
      use(slot)
      return (slot, slots[slot].window.rows, false)
    }
    let slot = reserve(key)
    slots[slot].readers = 1
    return (slot, slots[slot].window.rows, true)
  }

  /// Inside the monitor: memory for a window that nobody loads yet: new, or the longest unused.
  private func reserve(_ key: Key) -> Int {
    var oldest: Int?
    for slot in slots.indices where slots[slot].isFree {
      if oldest.map({ slots[slot].lastUse < slots[$0].lastUse }) ?? true { oldest = slot }
    }
    guard let oldest, slots.count >= capacity || slots[oldest].state == .empty else {
      slots.append(Slot(window: makeWindow(), key: key))
      return slots.count - 1
    }
    slots[oldest].key = key
    slots[oldest].state = .loading
    return oldest
  }

  private func use(_ slot: Int) {
    uses += 1
    slots[slot].lastUse = uses
  }

  /// Loads a reserved slot; one that cannot be loaded is empty again and has no reader.
  private func fill(_ slot: Int, _ key: Key) throws(DataError) {
    let window = monitor.locked { slots[slot].window }
    do throws(DataError) {
      try load(key, window)
      monitor.locked {
        slots[slot].state = .ready
        use(slot)
        monitor.wakeAll()
      }
    } catch {
      // Others that wait for this window try it themselves and meet the error.
      monitor.locked {
        slots[slot].state = .empty
        slots[slot].readers = 0
        slots[slot].lastUse = 0
        monitor.wakeAll()
      }
      throw error
    }
  }

  private func work() {
    while let key = nextWanted() {
      let slot = monitor.locked {
        slots.contains { $0.holds(key) } ? nil : reserve(key)
      }
      // A failure is met again, and thrown, by the reader that needs the window.
      if let slot { _ = try? fill(slot, key) }
    }
  }

  /// Waits for a window that is to be read ahead; nil at the end.
  private func nextWanted() -> Key? {
    monitor.locked {
      while wanted == nil && !isStopped { monitor.wait() }
      defer { wanted = nil }
      return isStopped ? nil : wanted
    }
  }
}
