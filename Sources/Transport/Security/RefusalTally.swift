/// Which refusals are told, so that strangers cannot fill the log: each sentence once, then at most
/// every ten seconds how often it has come again. Also for what members send that is not used.
public struct RefusalTally {
  private struct Entry {
    var untold = 0
    var quietUntil: UInt64
  }

  private var entries: [String: Entry] = [:]
  /// How many different sentences are told apart at a time.
  private let limit: Int
  /// No entry is due before.
  private var quietUntil: UInt64 = 0
  private static let pause: UInt64 = 10_000
  private let others: String
  /// How many there have been.
  public private(set) var total = 0

  /// Nothing has been refused; `others` stands for sentences beyond the limit.
  public init(
    limit: Int = 16, others: String = "more connections are refused, for other reasons"
  ) {
    (self.limit, self.others) = (limit, others)
  }

  /// Counts a refusal; returns the line to tell now, if any.
  public mutating func add(_ sentence: String, atMilliseconds now: UInt64) -> String? {
    total += 1
    let isKnown = entries[sentence] != nil
    let key = isKnown || entries.count < limit ? sentence : others
    guard var entry = entries[key] else {
      entries[key] = Entry(quietUntil: now + Self.pause)
      quietUntil = min(quietUntil, now + Self.pause)
      return key
    }
    entry.untold += 1
    entries[key] = entry
    return nil
  }

  /// The next line that sums up what was only counted; nil when none is due.
  public mutating func due(atMilliseconds now: UInt64) -> String? {
    guard !entries.isEmpty, quietUntil <= now else { return nil }
    for (sentence, entry) in entries.sorted(by: { $0.key < $1.key })
    where entry.quietUntil <= now {
      guard entry.untold > 0 else {
        entries[sentence] = nil
        continue
      }
      entries[sentence] = Entry(quietUntil: now + Self.pause)
      return "\(sentence) (\(entry.untold) more times)"
    }
    quietUntil = entries.values.map(\.quietUntil).min() ?? 0
    return nil
  }
}
