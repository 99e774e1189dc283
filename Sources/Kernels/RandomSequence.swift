/// The numbers of one example of a stream, one after the other: for code that draws as it goes.
public struct RandomSequence: RandomNumberGenerator, Sendable {
  private let randomness: Randomness
  private let example: Int
  private var block = 0

  /// Begins with the first lanes of `example`; each number uses up two of every four.
  public init(_ randomness: Randomness, example: Int) {
    (self.randomness, self.example) = (randomness, example)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let words = randomness.words(example: example, block: block)
    block += 1
    return UInt64(words.x) | UInt64(words.y) << 32
  }
}
