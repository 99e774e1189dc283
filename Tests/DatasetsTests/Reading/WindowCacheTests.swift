import Synchronization
import Testing

@testable import Datasets

@Suite struct WindowCacheTests {
  private static func rows(_ key: WindowCache.Key) -> SliceRows {
    let rows = SliceRows(capacity: 1, fieldCount: 1)
    rows.ids[0] = UInt32(key.epoch * 100 + key.window)
    return rows
  }

  @Test func theLastWindowsAreKept() throws {
    let loads = Mutex<[Int]>([])
    let cache = WindowCache(capacity: 2) { key in
      loads.withLock { $0.append(key.window) }
      return Self.rows(key)
    }
    for window in [0, 1, 0, 2, 0, 1, 2] {
      #expect(try cache.rows(.init(epoch: 0, window: window)).ids[0] == UInt32(window))
    }
    #expect(loads.withLock { $0 } == [0, 1, 2, 1, 2])
  }

  @Test func aWindowIsLoadedOnceForAllThatWait() throws {
    let loads = Atomic(0)
    let cache = WindowCache { key in
      loads.add(1, ordering: .relaxed)
      return Self.rows(key)
    }
    onThreads(8) { _ in
      for window in 0..<3 { _ = try? cache.rows(.init(epoch: 1, window: window)) }
    }
    #expect(loads.load(ordering: .relaxed) == 3)
  }

  @Test func windowsAreReadAhead() throws {
    let loads = Atomic(0)
    let cache = WindowCache { key in
      loads.add(1, ordering: .relaxed)
      return Self.rows(key)
    }
    cache.readAhead(.init(epoch: 0, window: 7))
    // Whether the thread was first or not, the rows are there and nobody waits for ever.
    #expect(try cache.rows(.init(epoch: 0, window: 7)).ids[0] == 7)
    cache.stop()
    #expect(try cache.rows(.init(epoch: 2, window: 7)).ids[0] == 207)
  }

  @Test func failuresReachTheReaderAndAreTriedAgain() throws {
    let attempts = Atomic(0)
    let cache = WindowCache { key throws(DataError) in
      if attempts.add(1, ordering: .relaxed).newValue < 3 {
        throw DataError(.corrupt, "load", at: "here", "broken", remedy: "mend it")
      }
      return Self.rows(key)
    }
    for _ in 0..<2 {
      #expect(throws: DataError.self) { try cache.rows(.init(epoch: 0, window: 0)) }
    }
    #expect(try cache.rows(.init(epoch: 0, window: 0)).ids[0] == 0)
  }
}
