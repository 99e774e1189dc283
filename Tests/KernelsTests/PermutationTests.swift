import Kernels
import Testing

@Suite struct PermutationTests {
  @Test(arguments: [0, 1, 2, 3, 5, 64, 1000, 4097])
  func everyElementOccursOnce(count: Int) {
    let order = Permutation(count: count, randomness: Randomness(seed: 3, purpose: .test))
    #expect((0..<count).map { order[$0] }.sorted() == Array(0..<count))
  }

  @Test func indexAndSeedChangeTheOrder() {
    let randomness = Randomness(seed: 3, purpose: .test)
    let other = Randomness(seed: 4, purpose: .test)
    let orders = [
      Permutation(count: 100, randomness: randomness),
      Permutation(count: 100, randomness: randomness, index: 1),
      Permutation(count: 100, randomness: other),
    ].map { order in (0..<100).map { order[$0] } }
    #expect(Set(orders).count == 3)
  }

  @Test func placesAreUniform() {
    // Where does element 0 of 10 land over 5,000 permutations? χ² with 9 degrees of freedom.
    var counts = [Int](repeating: 0, count: 10)
    let randomness = Randomness(seed: 5, purpose: .test)
    for index in 0..<5000 {
      counts[Permutation(count: 10, randomness: randomness, index: index)[0]] += 1
    }
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 500) * (Double($1) - 500) / 500 }
    #expect(chiSquare < 27.9, "p < 0.001: \(counts)")
  }
}
