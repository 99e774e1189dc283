import Glibc
import Kernels
import Testing

@testable import Search

@Suite struct GumbelSoftmaxTests {
  static let outputs: [Float] = [0.3, -0.8, 1.1, 0]

  static func softmax(_ outputs: [Float], noise: [Double] = [0, 0, 0, 0], temperature: Double = 1)
    -> [Double]
  {
    let powers = zip(outputs, noise).map { exp((Double($0) + $1) / temperature) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  /// Counts how often each candidate has the largest probability.
  static func frequencies(_ randomness: Randomness, rows: Int) -> [Int] {
    let gumbel = GumbelSoftmax(candidateCount: 4, maximumRows: rows)
    let repeated = Floats((0..<rows).flatMap { _ in outputs })
    gumbel.draw(randomness, firstExample: 0, rows: rows)
    gumbel.select(outputs: repeated, rows: rows, temperature: 0.3, straightThrough: true)
    return (0..<4).map { candidate in
      (0..<rows).count { gumbel.weights[candidate * gumbel.columnLength + $0] == 1 }
    }
  }

  /// χ² with three degrees of freedom exceeds 16.27 once in a thousand samples.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func choicesFollowTheProbabilities(_ seed: UInt64) {
    let rows = 40_000
    let counts = Self.frequencies(Randomness(seed: seed, purpose: .gumbel), rows: rows)
    let statistic = zip(counts, Self.softmax(Self.outputs)).reduce(0.0) { sum, pair in
      let expected = pair.1 * Double(rows)
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
    #expect(statistic < 16.27)
  }

  @Test func agreesWithTheFormula() {
    let uniforms: [Float] = [0.1, 0.9, 0.5, 0.0001, 0.9999999, 0.3, 0.7, 0.2]
    let gumbel = GumbelSoftmax(candidateCount: 4, maximumRows: 2)
    gumbel.use(uniforms: Floats(uniforms), rows: 2)
    for temperature in [1, 0.3, 0.01] {
      gumbel.select(
        outputs: Floats(Self.outputs + Self.outputs), rows: 2, temperature: temperature,
        straightThrough: false)
      for row in 0..<2 {
        let noise = uniforms[4 * row..<4 * row + 4].map { -log(-log(Double($0))) }
        let highest = zip(Self.outputs, noise).map { Double($0) + $1 }.max() ?? 0
        let expected = Self.softmax(
          Self.outputs, noise: noise.map { $0 - highest }, temperature: temperature)
        for candidate in 0..<4 {
          let actual = Double(gumbel.probabilities[candidate * gumbel.columnLength + row])
          #expect(abs(actual - expected[candidate]) < 3e-6 / temperature)
        }
      }
    }
  }

  @Test func silenceIsTheSoftmax() {
    let gumbel = GumbelSoftmax(candidateCount: 4, maximumRows: 3)
    gumbel.silence(rows: 1)
    gumbel.select(
      outputs: Floats(Self.outputs), rows: 1, temperature: 1, straightThrough: false)
    for (candidate, expected) in Self.softmax(Self.outputs).enumerated() {
      #expect(abs(Double(gumbel.probabilities[candidate * 8]) - expected) < 1e-6)
      #expect(gumbel.weights[candidate * 8] == gumbel.probabilities[candidate * 8])
    }
  }

  /// The noise belongs to the position in the batch, not to the slice.
  @Test func slicesDrawTheNoiseOfTheBatch() {
    let randomness = Randomness(seed: 9, purpose: .gumbel, step: 4)
    let outputs = Floats([Float](repeating: 0, count: 30))
    let whole = GumbelSoftmax(candidateCount: 6, maximumRows: 5)
    whole.draw(randomness, firstExample: 0, rows: 5)
    whole.select(outputs: outputs, rows: 5, temperature: 1, straightThrough: false)
    let part = GumbelSoftmax(candidateCount: 6, maximumRows: 2)
    part.draw(randomness, firstExample: 3, rows: 2)
    part.select(outputs: outputs, rows: 2, temperature: 1, straightThrough: false)
    for candidate in 0..<6 {
      for row in 0..<2 {
        #expect(
          part.probabilities[candidate * 8 + row] == whole.probabilities[candidate * 8 + row + 3])
      }
    }
  }

  @Test func backwardIsTheSlope() {
    let step: Float = 0.01
    let uniforms = Floats([0.1, 0.9, 0.5, 0.3])
    let losses: [Float] = [0.7, 0.2, 1.5, 0.9]
    let gumbel = GumbelSoftmax(candidateCount: 4, maximumRows: 1)
    gumbel.use(uniforms: uniforms, rows: 1)
    func loss(_ outputs: [Float]) -> Float {
      gumbel.select(
        outputs: Floats(outputs), rows: 1, temperature: 0.5, straightThrough: false)
      return (0..<4).reduce(0) { $0 + gumbel.probabilities[$1 * 8] * losses[$1] }
    }
    let values = Floats(count: 32)
    for (candidate, value) in losses.enumerated() { values[candidate * 8] = value }
    let gradient = Floats(count: 4)
    _ = loss(Self.outputs)
    gumbel.backward(values: values, rows: 1, temperature: 0.5, scale: 1, into: gradient)
    for candidate in 0..<4 {
      var (up, down) = (Self.outputs, Self.outputs)
      up[candidate] += step
      down[candidate] -= step
      let quotient = (loss(up) - loss(down)) / (2 * step)
      #expect(abs(quotient - gradient[candidate]) < 1e-3)
    }
  }
}
