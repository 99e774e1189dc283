import Synchronization

/// Decoders that threads borrow, so that their memory is reused.
final class Decoders: @unchecked Sendable {
  private let dataset: Dataset
  // Guarded by the lock; a decoder is used by the thread that took it.
  private let lock = Mutex(())
  private var free: [RowGroupDecoder] = []

  init(_ dataset: Dataset) { self.dataset = dataset }

  func take() -> RowGroupDecoder {
    lock.withLock { _ in free.popLast() } ?? dataset.makeDecoder()
  }

  func give(_ decoder: RowGroupDecoder) { lock.withLock { _ in free.append(decoder) } }
}
