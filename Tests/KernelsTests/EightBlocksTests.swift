import Kernels
import Testing

@Suite struct EightBlocksTests {
  static let addresses: [(seed: UInt64, step: UInt64, example: Int)] = [
    (0, 0, 0), (7, 3, 12), (0x100_0000_0005, 0x2_0000_0001, 1_048_576),
    (.max, .max, 0x8_0000_0009),
  ]

  @Test(arguments: addresses)
  func bulkWordsEqualTheScalarOnes(seed: UInt64, step: UInt64, example: Int) {
    let randomness = Randomness(seed: seed, purpose: .dropout, step: step)
    let words = View<UInt32>(count: 96)
    randomness.fill(words, example: example)
    #expect(words.array == (0..<96).map { randomness.word(example: example, lane: $0) })
  }
}
