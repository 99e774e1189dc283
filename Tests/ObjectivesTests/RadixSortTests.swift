import Kernels
import Testing

@testable import Objectives

@Suite struct RadixSortTests {
  @Test(arguments: [0, 1, 2, 3, 1000, 20_000])
  func sorts(_ count: Int) {
    let randomness = Randomness(seed: 1, purpose: .test)
    var words = (0..<count).map { randomness.word(example: $0, lane: 0) }
    let expected = words.sorted()
    radixSort(&words)
    #expect(words == expected)
  }

  @Test func sortsWhenDigitsAreEqual() {
    var words: [UInt32] = [0x8000_0007, 0x8000_0001, 0x8000_0007, 0x8000_0000]
    radixSort(&words)
    #expect(words == [0x8000_0000, 0x8000_0001, 0x8000_0007, 0x8000_0007])
  }

  @Test func wordsKeepTheOrderOfNumbers() {
    let numbers: [Float] = [-.infinity, -1e30, -1, -1e-37, 0, 1e-37, 0.5, 3, 1e30, .infinity]
    let words = numbers.map(orderedWord)
    #expect(words == words.sorted())
    #expect(words.map { number(orderedWord: $0) } == numbers)
    #expect(orderedWord(-0.0) == orderedWord(0.0))
  }
}
