import Kernels
import TestSupport
import Testing

@Suite struct NormalisationTests {
  static let shapes = [(1, 3), (2, 16), (33, 20), (70, 128), (41, 65)]

  private func normalisation(_ width: Int, rectifies: Bool) -> Normalisation {
    Normalisation(
      gamma: randomMatrix(rows: 1, columns: width, stream: 1).values,
      beta: randomMatrix(rows: 1, columns: width, stream: 2).values,
      mean: Floats(count: width), inverse: Floats(count: width), rectifies: rectifies)
  }

  @Test(arguments: shapes)
  func batchStatisticsEqualTheDefinition(rows: Int, width: Int) {
    let x = randomMatrix(rows: rows, columns: width, stream: 3, padding: 2)
    let normalisation = normalisation(width, rectifies: true)
    let mean = Floats(count: width)
    let variance = Floats(count: width)
    normalisation.useBatch(x, batchMean: mean, batchVariance: variance)
    let columns = (0..<width).map { column in x.doubles.map { $0[column] } }
    let means = columns.map { $0.reduce(0, +) / Double(rows) }
    let squares = zip(columns, means).map { values, mean in
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    #expect(relativeError(mean.array, means) < 1e-6)
    #expect(relativeError(variance.array, squares.map { $0 / Double(max(rows - 1, 1)) }) < 1e-6)
    #expect(normalisation.mean.array == mean.array)
    let inverses = squares.map { 1 / ($0 / Double(rows) + 1e-5).squareRoot() }
    #expect(relativeError(normalisation.inverse.array, inverses) < 1e-5)
  }

  @Test(arguments: shapes, [Float(0), 0.3])
  func forwardAndBackwardEqualTheDefinition(shape: (Int, Int), rate: Float) {
    let (rows, width) = shape
    for (rectifies, usesBatch) in [(true, true), (true, false), (false, true), (false, false)]
    where rectifies || rate == 0 {
      check(rows, width, rate: rate, rectifies: rectifies, usesBatch: usesBatch)
    }
  }

  private func check(_ rows: Int, _ width: Int, rate: Float, rectifies: Bool, usesBatch: Bool) {
    let normalisation = normalisation(width, rectifies: rectifies)
    let x = randomMatrix(rows: rows, columns: width, stream: 3, padding: 2)
    if usesBatch {
      normalisation.useBatch(
        x, batchMean: Floats(count: width), batchVariance: Floats(count: width))
    } else {
      let variance = Floats(count: width)
      variance.fill(0.7)
      normalisation.useRunning(mean: Floats(count: width), variance: variance)
    }
    let mask =
      rate == 0
      ? nil
      : DropoutMask(
        rate: rate, randomness: Randomness(seed: 1, purpose: .dropout), firstExample: 3,
        firstBlock: 8)
    let y = Matrix(rows: rows, columns: width)
    normalisation.forward(x, dropout: mask, into: y)

    let outputGradient = randomMatrix(rows: rows, columns: width, stream: 4)
    let plain = PlainNormalisation(
      normalisation, x: x.doubles, gradient: outputGradient.doubles, mask: mask,
      usesBatch: usesBatch)
    #expect(relativeError(y.elements, plain.output.joined().map { $0 }, absolute: 1e-6) < 1e-5)

    let gammaGradient = Floats(count: width)
    let betaGradient = Floats(count: width)
    let inputGradient = Matrix(rows: rows, columns: width)
    normalisation.backward(
      x: x, y: y, outputGradient: outputGradient, usesBatch: usesBatch,
      dropScale: mask?.scale ?? 1,
      parameters: .init(gamma: gammaGradient, beta: betaGradient, factor: 0),
      into: inputGradient, accumulate: false)
    #expect(relativeError(gammaGradient.array, plain.gamma, absolute: 1e-5) < 2e-5)
    #expect(relativeError(betaGradient.array, plain.beta, absolute: 1e-6) < 1e-5)
    #expect(
      relativeError(inputGradient.elements, plain.input.joined().map { $0 }, absolute: 2e-5)
        < 2e-5)
  }

  @Test func whatIsNotANumberStaysVisible() {
    let normalisation = normalisation(3, rectifies: true)
    let x = Matrix(Floats([.nan, 1, 2]), rows: 1, columns: 3)
    let ones = Floats([1, 1, 1])
    normalisation.useRunning(mean: Floats(count: 3), variance: ones)
    let y = Matrix(rows: 1, columns: 3)
    normalisation.forward(x, dropout: nil, into: y)
    #expect(y[0, 0].isNaN)
  }
}

/// The formulas of torch's documentation, one number at a time in double precision.
private struct PlainNormalisation {
  var output: [[Double]] = []
  var input: [[Double]]
  var gamma: [Double]
  var beta: [Double]

  init(
    _ layer: Normalisation, x: [[Double]], gradient: [[Double]], mask: DropoutMask?,
    usesBatch: Bool
  ) {
    let width = layer.gamma.count
    let count = Double(x.count)
    input = x
    gamma = Array(repeating: 0, count: width)
    beta = gamma
    output = x
    for column in 0..<width {
      let mean = Double(layer.mean[column])
      let inverse = Double(layer.inverse[column])
      let scale = Double(layer.gamma[column])
      let normalised = x.map { ($0[column] - mean) * inverse }
      var gated: [Double] = []
      for (row, value) in normalised.enumerated() {
        let shifted = value * scale + Double(layer.beta[column])
        let isKept = mask?.keeps(row: row, unit: column) ?? true
        let factor = isKept && (shifted > 0 || !layer.rectifies) ? Double(mask?.scale ?? 1) : 0
        output[row][column] = shifted * factor
        gated.append(gradient[row][column] * factor)
      }
      beta[column] = gated.reduce(0, +)
      gamma[column] = zip(gated, normalised).reduce(0) { $0 + $1.0 * $1.1 }
      for row in x.indices {
        let centred = gated[row] - beta[column] / count - normalised[row] * gamma[column] / count
        input[row][column] = scale * inverse * (usesBatch ? centred : gated[row])
      }
    }
  }
}
