import Messages

/// Frames that wait for the library to take them, bounded by bytes.
struct OutgoingQueue {
  private var frames: [Frame] = []
  private var first = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { first == frames.count }
  var next: Frame? { isEmpty ? nil : frames[first] }

  /// Adds all frames of a message, or none when more than `limit` bytes would wait.
  mutating func add(_ message: [Frame], limit: Int) -> Bool {
    let bytes = message.reduce(0) { $0 + $1.byteCount }
    // A message larger than the limit passes when nothing else waits; else it never would.
    guard isEmpty || byteCount + bytes <= limit else { return false }
    frames.append(contentsOf: message)
    byteCount += bytes
    return true
  }

  /// Drops the first frame, which has been sent.
  mutating func removeFirst() {
    byteCount -= frames[first].byteCount
    first += 1
    if first == frames.count {
      frames.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 256 {
      frames.removeFirst(first)
      first = 0
    }
  }
}
