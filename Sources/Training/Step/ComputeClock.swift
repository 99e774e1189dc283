import Synchronization

/// Adds up how long threads compute one unit, side by side.
final class ComputeClock: Sendable {
  private let nanoseconds = Atomic<UInt64>(0)

  /// Begins another unit.
  func reset() { nanoseconds.store(0, ordering: .relaxed) }

  /// Does `body` and adds its time.
  func timing<Result>(_ body: () -> Result) -> Result {
    let began = ContinuousClock.now
    defer {
      let seconds = seconds(since: began)
      nanoseconds.add(UInt64(max(0, seconds) * 1e9), ordering: .relaxed)
    }
    return body()
  }

  /// Microseconds for each of so many threads.
  func microseconds(threads: Int) -> UInt32 {
    UInt32(clamping: nanoseconds.load(ordering: .relaxed) / UInt64(1000 * max(1, threads)))
  }
}
