import Kernels
import Synchronization
import Testing

@testable import Datasets

@Suite struct WindowCacheTests {
  /// A cache of windows of one row that names epoch and window, after `before`.
  private static func cache(
    capacity: Int = 4, before: @escaping @Sendable (WindowCache.Key) throws(DataError) -> Void
  ) -> WindowCache {
    WindowCache(
      capacity: capacity,
      makeWindow: {
        WindowCache.Window(
          rows: SliceRows(capacity: 1, columnCount: 1), places: View(count: 0))
      },
      load: { key, window throws(DataError) in
        try before(key)
        window.rows.ids[0] = UInt32(key.epoch * 100 + key.window)
      })
  }

  /// The row of a window.
  private func row(_ cache: WindowCache, _ epoch: Int, _ window: Int) throws -> UInt32? {
    var row: UInt32?
    try cache.withRows(.init(epoch: epoch, window: window)) { row = $0.ids[0] }
    return row
  }

  @Test func theLastWindowsAreKept() throws {
    let loads = Mutex<[Int]>([])
    let cache = Self.cache(capacity: 2) { key in loads.withLock { $0.append(key.window) } }
    for window in [0, 1, 0, 2, 0, 1, 2] {
      #expect(try row(cache, 0, window) == UInt32(window))
    }
    #expect(loads.withLock { $0 } == [0, 1, 2, 1, 2])
  }

  @Test func aWindowIsLoadedOnceForAllThatWait() throws {
    let loads = Atomic(0)
    let cache = Self.cache { _ in loads.add(1, ordering: .relaxed) }
    onThreads(8) { _ in
      for window in 0..<3 { try? cache.withRows(.init(epoch: 1, window: window)) { _ in } }
    }
    #expect(loads.load(ordering: .relaxed) == 3)
  }

  /// Threads that copy from more windows than there is memory for at first.
  @Test func rowsStayWhileTheyAreCopied() throws {
    let cache = Self.cache(capacity: 1) { _ in }
    let wrong = Atomic(0)
    onThreads(4) { thread in
      for round in 0..<2000 {
        let window = (round * 7 + thread * 3) % 11
        try? cache.withRows(.init(epoch: 0, window: window)) { rows in
          for _ in 0..<20 where rows.ids[0] != UInt32(window) { wrong.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test func memoryIsUsedAgain() throws {
    let cache = Self.cache(capacity: 2) { _ in }
    var seen: Set<ObjectIdentifier> = []
    for window in 0..<20 {
      try cache.withRows(.init(epoch: 0, window: window)) { seen.insert(ObjectIdentifier($0)) }
    }
    #expect(seen.count == 2)
    // A reader inside another one needs memory beside it.
    try cache.withRows(.init(epoch: 1, window: 0)) { outer in
      for window in 1..<9 { _ = try? row(cache, 1, window) }
      #expect(outer.ids[0] == 100)
    }
  }

  @Test func windowsAreReadAhead() throws {
    let cache = Self.cache { _ in }
    cache.readAhead(.init(epoch: 0, window: 7))
    // Whether the thread was first or not, the rows are there and nobody waits for ever.
    #expect(try row(cache, 0, 7) == 7)
    cache.stop()
    #expect(try row(cache, 2, 7) == 207)
  }

  @Test func failuresReachTheReaderAndAreTriedAgain() throws {
    let attempts = Atomic(0)
    let cache = Self.cache { _ throws(DataError) in
      if attempts.add(1, ordering: .relaxed).newValue < 3 {
        throw DataError(.corrupt, "load", at: "here", "broken", remedy: "mend it")
      }
    }
    for _ in 0..<2 { #expect(throws: DataError.self) { try row(cache, 0, 0) } }
    #expect(try row(cache, 0, 0) == 0)
  }
}
