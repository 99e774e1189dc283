import Kernels
import TestSupport
import Testing

@Suite struct SecondOrderTests {
  static let shapes = [(1, 1, 1), (5, 3, 4), (3, 39, 16), (4, 7, 17), (2, 2, 33)]

  @Test(arguments: shapes)
  func equalsTheSumOverPairs(rows: Int, fields: Int, width: Int) {
    let e = randomMatrix(rows: rows, columns: fields * width, stream: 1, padding: 5)
    let sums = Matrix(rows: rows, columns: width)
    let term = Matrix(rows: rows, columns: 1)
    SecondOrder.forward(e, fields: fields, sums: sums, into: term)

    let gradient = randomMatrix(rows: rows, columns: fields * width, stream: 2)
    let termGradient = randomMatrix(rows: rows, columns: 1, stream: 3)
    var terms = [Double](repeating: 0, count: rows)
    var expected = gradient.doubles
    for (row, values) in e.doubles.enumerated() {
      for i in 0..<fields {
        for j in 0..<fields where j != i {
          for k in 0..<width {
            terms[row] += values[i * width + k] * values[j * width + k] / 2
            expected[row][i * width + k] +=
              Double(termGradient[row, 0]) * values[j * width + k]
          }
        }
      }
    }
    #expect(relativeError(term.elements, terms, absolute: 1e-6) < 1e-5)
    SecondOrder.backward(
      e, fields: fields, sums: sums, termGradient: termGradient, into: gradient, accumulate: true)
    #expect(relativeError(gradient.elements, expected.joined().map { $0 }) < 1e-5)
  }

  @Test func withoutAccumulatingTheOldGradientIsNotRead() {
    let e = randomMatrix(rows: 2, columns: 6, stream: 1)
    let sums = Matrix(rows: 2, columns: 3)
    let gradient = Matrix(rows: 2, columns: 6)
    gradient.values.fill(.nan)
    SecondOrder.forward(e, fields: 2, sums: sums, into: Matrix(rows: 2, columns: 1))
    SecondOrder.backward(
      e, fields: 2, sums: sums, termGradient: Matrix(Floats([1, 1]), rows: 2, columns: 1),
      into: gradient, accumulate: false)
    let expected = e.doubles.flatMap { Array($0[3...]) + Array($0[..<3]) }
    #expect(relativeError(gradient.elements, expected) < 1e-6)
  }

  @Test(arguments: shapes, [false, true])
  func withoutTheSumEqualsTheSumOverPairs(shape: (Int, Int, Int), accumulate: Bool) {
    let (rows, fields, width) = shape
    let e = randomMatrix(rows: rows, columns: fields * width, stream: 1, padding: 5)
    let sums = Matrix(rows: rows, columns: width)
    let terms = randomMatrix(rows: rows, columns: width, stream: 4, padding: 1)
    SecondOrder.forward(e, fields: fields, sums: sums, intoEach: terms)

    let gradient = randomMatrix(rows: rows, columns: fields * width, stream: 2)
    var slopes = gradient.doubles
    if !accumulate {
      slopes = slopes.map { $0.map { _ in 0 } }
      gradient.values.fill(.nan)
    }
    let termGradients = randomMatrix(rows: rows, columns: width, stream: 3)
    var expected = Array(repeating: [Double](repeating: 0, count: width), count: rows)
    for (row, values) in e.doubles.enumerated() {
      for i in 0..<fields {
        for j in 0..<fields where j != i {
          for k in 0..<width {
            expected[row][k] += values[i * width + k] * values[j * width + k] / 2
            slopes[row][i * width + k] +=
              Double(termGradients[row, k]) * values[j * width + k]
          }
        }
      }
    }
    #expect(relativeError(terms.elements, expected.flatMap { $0 }, absolute: 1e-6) < 1e-5)
    SecondOrder.backward(
      e, fields: fields, sums: sums, termGradients: termGradients, into: gradient,
      accumulate: accumulate)
    #expect(relativeError(gradient.elements, slopes.flatMap { $0 }, absolute: 1e-6) < 1e-5)
  }
}
