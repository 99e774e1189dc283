/// Chance from a number: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
public struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins at this state.
  public init(state: UInt64) { self.state = state }

  /// Begins at a state that differs in most bits from that of the next seed.
  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  /// The next word.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number from 0 to `limit` − 1.
  public mutating func below(_ limit: UInt64) -> UInt64 { limit == 0 ? 0 : next() % limit }

  /// True with this probability.
  public mutating func happens(_ probability: Double) -> Bool {
    Double(next() >> 11) * 0x1p-53 < probability
  }
}
