/// A bucket of tokens: so many at once, and so many a second later on.
struct Allowance {
  private let most: UInt64
  private let perSecond: UInt64
  /// Thousandths of tokens.
  private var left: UInt64
  private var filledAt: UInt64 = 0

  init(most: UInt64, perSecond: UInt64) {
    self.most = most
    self.perSecond = perSecond
    left = most * 1000
  }

  /// Takes one; false when none is left.
  mutating func take(atMilliseconds now: UInt64) -> Bool {
    if now > filledAt {
      // Longer gaps fill it anyway; the bound keeps the product small.
      left = min(most * 1000, left + min(now - filledAt, 1 << 32) * perSecond)
      filledAt = now
    }
    guard left >= 1000 else { return false }
    left -= 1000
    return true
  }
}
