import Testing

@testable import Training

@Suite struct TuningRangeTests {
  private static let cases: [(TuningRange, Double, String)] = [
    (.uniform(0.1, 0.5), 0.5, "0.3"), (.uniform(0, 0.5), 0, "0"), (.uniform(-1, 1), 0.25, "-0.5"),
    (.uniform(0, 1), 0.123_456_78, "0.123457"), (.logUniform(1e-4, 1e-2), 0.5, "0.001"),
    (.logUniform(1e-7, 1e-4), 0, "1e-07"), (.logUniform(1e-4, 1e-2), 1, "0.01"),
    (.integer(3...6), 0, "3"), (.integer(3...6), 0.5, "5"), (.integer(3...6), 1, "6"),
    (.logInteger(1...100), 0, "1"), (.logInteger(1...100), 1, "100"),
    (.logInteger(1...100), 0.5, "7"), (.choice(["a", "[8,4]"]), 0.49, "a"),
    (.choice(["a", "[8,4]"]), 0.75, "[8,4]"),
  ]

  @Test(arguments: cases)
  func coordinatesAreValues(range: TuningRange, coordinate: Double, text: String) {
    #expect(range.text([coordinate]) == text && range.coordinateCount == 1)
  }

  @Test func numbersByTheirLogarithmsHaveEvenShares() {
    let range = TuningRange.logInteger(1...8)
    let texts = (0..<8000).map { range.text([(Double($0) + 0.5) / 8000]) }
    // From 3.5 to 4.5, of 0.5 to 8.5.
    let share = Double(texts.count { $0 == "4" }) / 8000
    #expect(abs(share - 0.0887) < 0.001, "\(share)")
  }

  private static let corners: [([Double], String)] = [
    ([0, 0, 0], "weights:0.0000,0.0000,0.0000,1.0000"),
    ([1, 0.3, 0.9], "weights:1.0000,0.0000,0.0000,0.0000"),
    ([0, 1, 0], "weights:0.0000,1.0000,0.0000,0.0000"),
    ([0.578125, 0.5555555556, 0.5], "weights:0.2500,0.2500,0.2500,0.2500"),
  ]

  @Test(arguments: corners)
  func cornersAndMiddleOfTheSimplex(coordinates: [Double], text: String) {
    let simplex = TuningRange.simplex(["focal", "kl", "hinge", "ce"])
    #expect(simplex.coordinateCount == 3 && simplex.text(coordinates) == text)
  }

  /// Uniform coordinates are uniform weights: each has mean 1/3 and variance 1/18.
  @Test func weightsAreUniform() {
    var (sums, squares) = ([0.0, 0, 0], [0.0, 0, 0])
    for row in 0..<100 {
      for column in 0..<100 {
        let weights = TuningRange.weights([
          (Double(row) + 0.5) / 100, (Double(column) + 0.5) / 100,
        ])
        #expect(abs(weights.reduce(0, +) - 1) < 1e-15 && weights.allSatisfy { $0 >= 0 })
        for index in 0..<3 {
          sums[index] += weights[index] / 10_000
          squares[index] += weights[index] * weights[index] / 10_000
        }
      }
    }
    for index in 0..<3 {
      #expect(abs(sums[index] - 1.0 / 3) < 1e-3)
      #expect(abs(squares[index] - 1.0 / 6) < 1e-3)
    }
  }
}
