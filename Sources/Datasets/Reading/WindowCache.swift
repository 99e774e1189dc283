import Kernels

/// Decoded windows of a split: the last few in use, and the next one, which a thread reads ahead.
///
/// Memory is bounded by `capacity` windows and those that readers still hold. A reader that needs
/// a window nobody is loading loads it itself, so nothing waits for the thread.
final class WindowCache: @unchecked Sendable {
  /// A window of an epoch.
  struct Key: Hashable, Sendable {
    var epoch: Int
    var window: Int
  }

  private enum Entry {
    case loading
    case ready(SliceRows, lastUse: Int)
  }

  private let capacity: Int
  private let load: @Sendable (Key) throws(DataError) -> SliceRows
  // All below is touched inside the monitor only.
  private let monitor = Monitor()
  private var entries: [Key: Entry] = [:]
  private var uses = 0
  private var wanted: Key?
  private var hasThread = false
  private var isStopped = false

  init(capacity: Int = 3, load: @escaping @Sendable (Key) throws(DataError) -> SliceRows) {
    self.capacity = capacity
    self.load = load
  }

  /// The rows of a window, loaded now if need be.
  func rows(_ key: Key) throws(DataError) -> SliceRows {
    if let rows = monitor.locked({ claim(key) }) { return rows }
    return try fill(key)
  }

  /// Asks the thread to load a window soon.
  func readAhead(_ key: Key) {
    let isFirst = monitor.locked {
      guard entries[key] == nil, wanted != key, !isStopped else { return false }
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

  /// Inside the monitor: the rows if they are there; else nil, and the caller must `fill`.
  private func claim(_ key: Key) -> SliceRows? {
    while true {
      switch entries[key] {
      case .ready(let rows, _):
        uses += 1
        entries[key] = .ready(rows, lastUse: uses)
        return rows
      case .loading: monitor.wait()
      case nil:
        entries[key] = .loading
        return nil
      }
    }
  }

  private func fill(_ key: Key) throws(DataError) -> SliceRows {
    do throws(DataError) {
      let rows = try load(key)
      monitor.locked {
        uses += 1
        entries[key] = .ready(rows, lastUse: uses)
        evict()
        monitor.wakeAll()
      }
      return rows
    } catch {
      // Others that wait for this window try it themselves and meet the error.
      monitor.locked {
        entries[key] = nil
        monitor.wakeAll()
      }
      throw error
    }
  }

  private func evict() {
    let ready = entries.compactMap { key, entry in
      if case .ready(_, let lastUse) = entry { (key, lastUse) } else { nil }
    }
    guard ready.count > capacity, let oldest = ready.min(by: { $0.1 < $1.1 }) else { return }
    entries[oldest.0] = nil
  }

  private func work() {
    while true {
      let key: Key? = monitor.locked {
        while wanted == nil && !isStopped { monitor.wait() }
        defer { wanted = nil }
        guard !isStopped, let key = wanted else { return nil }
        return key
      }
      guard let key else { return }
      let isMine = monitor.locked {
        guard entries[key] == nil else { return false }
        entries[key] = .loading
        return true
      }
      // A failure is met again, and thrown, by the reader that needs the window.
      if isMine { _ = try? fill(key) }
    }
  }
}
