/// What one that connects makes of refusals: why it is refused, and when to give up.
///
/// A connection that is broken off tells nothing for sure. It may be a listener that was just
/// ending, a link that carries nothing, or a proxy with nobody behind it; and of two sides that do
/// not fit, one closes before the other has seen why. So breaks count for a reason only when they
/// follow each other closely without a better one and without a connection: a handshake that nobody
/// answers takes longer to end.
struct AdmissionPatience {
  private let milliseconds: UInt64
  private var first: UInt64?
  private var last: UInt64 = 0
  private var breaks = 0
  private var isCertain = false
  private var sentence: String?
  private static let gap: UInt64 = 10_000
  private static let breakGap: UInt64 = 4000
  private static let enoughBreaks = 3

  /// - Parameter milliseconds: how long refusals are stood.
  init(milliseconds: UInt64) { self.milliseconds = milliseconds }

  /// Takes note of a refusal; returns the reason, as far as it is known by now.
  mutating func refused(
    _ sentence: String, isBreak: Bool = false, atMilliseconds now: UInt64
  ) -> String? {
    if now - min(last, now) > (isBreak && !isCertain ? Self.breakGap : Self.gap) { connected() }
    if first == nil { first = now }
    last = now
    if isBreak { breaks += 1 }
    if !isBreak || (breaks >= Self.enoughBreaks && !isCertain) { self.sentence = sentence }
    if !isBreak { isCertain = true }
    return self.sentence
  }

  /// Begins anew.
  mutating func connected() { (first, breaks, isCertain, sentence) = (nil, 0, false, nil) }

  /// The refusal that holds now; nil when there was none, or none lately.
  func present(atMilliseconds now: UInt64) -> String? {
    now - min(last, now) <= Self.gap ? sentence : nil
  }

  /// Why to give up; nil while there is hope.
  func verdict(atMilliseconds now: UInt64) -> String? {
    guard let first, now - min(first, now) >= milliseconds else { return nil }
    return present(atMilliseconds: now)
  }
}
