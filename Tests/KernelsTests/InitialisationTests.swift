import Kernels
import Testing

@Suite struct InitialisationTests {
  private let stream = Randomness(seed: 1, purpose: .weights)

  @Test func constantsNeedNoChance() {
    #expect(Initialisation.constant(1.5).value(stream, example: 3, lane: 4) == 1.5)
    #expect(Initialisation.zeros.value(stream, example: 0, lane: 0) == 0)
  }

  @Test(arguments: [Float(0.01), 1, 30])
  func uniformStartsFillTheirInterval(bound: Float) {
    let values = (0..<2000).map {
      Initialisation.uniform(bound: bound).value(stream, example: $0, lane: 2)
    }
    #expect(values.allSatisfy { abs($0) < bound })
    #expect((values.max() ?? 0) > 0.99 * bound)
    #expect((values.min() ?? 0) < -0.99 * bound)
  }

  @Test(arguments: [Float(0.1), 1, 2])
  func normalStartsAreScaledNormalNumbers(deviation: Float) {
    for example in 0..<20 {
      #expect(
        Initialisation.normal(standardDeviation: deviation).value(stream, example: example, lane: 1)
          == deviation * stream.normal(example: example, lane: 1))
    }
  }
}
