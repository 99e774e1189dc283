import Testing

@testable import Kernels

@Suite struct RandomSequenceTests {
  @Test func numbersAreThoseOfTheStream() {
    let stream = Randomness(seed: 3, purpose: .tuning)
    var sequence = RandomSequence(stream, example: 5)
    let numbers = (0..<3).map { _ in sequence.next() }
    let expected = [0, 1, 2].map { block in
      let words = stream.words(example: 5, block: block)
      return UInt64(words.x) + UInt64(words.y) * (1 << 32)
    }
    #expect(numbers == expected)
    var other = RandomSequence(stream, example: 6)
    #expect(other.next() != numbers[0])
  }
}
