import Foundation
import Kernels
import Testing

@Suite struct RandomnessTests {
  private let stream = Randomness(seed: 3, purpose: .test, step: 5)

  @Test func everyPartOfTheAddressCounts() {
    let streams = [
      stream, Randomness(seed: 4, purpose: .test, step: 5),
      Randomness(seed: 3 | 1 << 32, purpose: .test, step: 5),
      Randomness(seed: 3, purpose: .order, step: 5), Randomness(seed: 3, purpose: .test, step: 6),
      Randomness(seed: 3, purpose: .test, step: 5 | 1 << 32),
    ]
    var seen = Set<[UInt32]>()
    for stream in streams {
      for example in [0, 1, 1 << 20, 1 << 32] {
        for block in [0, 1, 7] {
          let words = stream.words(example: example, block: block)
          seen.insert([words.x, words.y, words.z, words.w])
        }
      }
    }
    #expect(seen.count == streams.count * 4 * 3)
  }

  @Test func purposesAreDifferentStreams() {
    let words = Purpose.allCases.map {
      Randomness(seed: 1, purpose: $0).words(example: 0, block: 0)
    }
    #expect(Set(words).count == Purpose.allCases.count)
  }

  @Test func lanesAreTheWordsOfBlocks() {
    for lane in 0..<12 {
      #expect(
        stream.word(example: 9, lane: lane) == stream.words(example: 9, block: lane / 4)[lane % 4])
    }
  }

  @Test(arguments: [(UInt32(0), Float(0x1p-24)), (.max, 1 - 0x1p-24), (1 << 31, 0.5 + 0x1p-24)])
  func uniformNumbersLieInsideTheOpenInterval(word: UInt32, number: Float) {
    #expect(Randomness.uniform(word) == number)
    #expect(log(number).isFinite && log(1 - number).isFinite)
  }

  @Test func momentsAreThoseOfTheDistributions() {
    let count = 40_000
    let uniform = (0..<count).map { Double(stream.uniform(example: $0, lane: 1)) }
    let normal = (0..<count).map { Double(stream.normal(example: $0 / 2, lane: $0 % 2)) }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }
    func variance(_ values: [Double]) -> Double {
      let center = mean(values)
      return mean(values.map { ($0 - center) * ($0 - center) })
    }
    // Five standard errors.
    let bound = 5 / Double(count).squareRoot()
    #expect(abs(mean(uniform) - 0.5) < bound * (1.0 / 12).squareRoot())
    #expect(abs(variance(uniform) - 1.0 / 12) < bound * 0.075)
    #expect(abs(mean(normal)) < bound)
    #expect(abs(variance(normal) - 1) < bound * 2.0.squareRoot())
    // Both numbers of a pair of Box and Muller are independent.
    let products = stride(from: 0, to: count, by: 2).map { normal[$0] * normal[$0 + 1] }
    #expect(abs(products.reduce(0, +) / Double(count / 2)) < bound * 2.0.squareRoot())
  }
}
