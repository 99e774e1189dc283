import Kernels
import Testing

@testable import Datasets

@Suite struct SyntheticFieldTests {
  private static func field(_ cardinality: Int, empty: Double = 0.2) -> SyntheticField {
    SyntheticField(
      index: 3, kind: .category, cardinality: cardinality, emptyProbability: empty, weight: 0.7,
      hasFactors: true, seed: 5)
  }

  @Test(arguments: [1, 2, 30, 3000])
  func frequenciesAreThoseOfTheLaw(cardinality: Int) {
    let field = Self.field(cardinality)
    let total = (0..<cardinality).reduce(0.2) { $0 + field.probability($1) }
    #expect(abs(total - 1) < 1e-9)
    let randomness = Randomness(seed: 1, purpose: .test)
    let draws = 50_000
    var counts = [Int](repeating: 0, count: cardinality)
    var empty = 0
    for row in 0..<draws {
      let value = field.value(randomness.word(example: row, lane: 0))
      if let value { counts[value] += 1 } else { empty += 1 }
    }
    #expect(abs(Double(empty) / Double(draws) - 0.2) < 0.01)
    for value in 0..<min(cardinality, 5) {
      let share = Double(counts[value]) / Double(draws)
      #expect(abs(share - field.probability(value)) < 0.012)
    }
  }

  @Test(arguments: [5, 500, 4096])
  func effectsAreStandardised(cardinality: Int) {
    let field = Self.field(cardinality)
    var mean = SIMD4<Double>(field.emptyEffect) * 0.2
    var squares = SIMD4<Double>(field.emptyEffect * field.emptyEffect) * 0.2
    for value in 0..<cardinality {
      let effect = field.effect(value)
      mean += SIMD4<Double>(effect) * field.probability(value)
      squares += SIMD4<Double>(effect * effect) * field.probability(value)
    }
    for lane in 0..<4 {
      #expect(abs(mean[lane]) < 1e-5)
      #expect(abs(squares[lane] - (lane == 0 ? 0.49 : 1)) < 1e-4)
    }
  }

  /// A field of one value that is never empty: nothing to standardise.
  @Test func whatEveryRowHasAddsNothing() {
    let field = Self.field(1, empty: 0)
    #expect(field.effect(0) == .zero && field.effect(nil) == .zero)
    #expect(field.value(0) == 0 && field.value(.max) == 0)
  }

  @Test func spellingsNeverCollide() {
    let field = Self.field(200_000)
    #expect(Set((0..<200_000).map { field.spelling($0) }).count == 200_000)
  }

  @Test func integersHitEveryBucketOnce() {
    let tokens = (0..<300).map { NumericBuckets.definition(SyntheticField.integer($0)) }
    #expect(tokens == [-2, -1, 0] + Array(1...297))
  }
}
