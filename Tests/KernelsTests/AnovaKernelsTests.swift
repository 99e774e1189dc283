import Kernels
import TestSupport
import Testing

@Suite struct AnovaKernelsTests {
  /// Rows, fields, width and order; some orders are above the number of fields.
  static let shapes = [(2, 3, 1, 2), (3, 5, 4, 3), (2, 39, 16, 3), (2, 7, 17, 5), (2, 2, 33, 4)]

  /// The sum of the products of any `m` of the numbers, by recursion over the first of them.
  private func anova(_ m: Int, _ numbers: ArraySlice<Double>) -> Double {
    if m == 0 { return 1 }
    guard let first = numbers.first else { return 0 }
    return first * anova(m - 1, numbers.dropFirst()) + anova(m, numbers.dropFirst())
  }

  @Test(arguments: shapes, [false, true])
  func equalsTheSumOverSubsets(shape: (Int, Int, Int, Int), accumulate: Bool) {
    let (rows, fields, width, order) = shape
    let kernels = AnovaKernels(fields: fields, width: width, order: order)
    let columns = fields * kernels.vectorWidth
    let e = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 3)
    let term = randomMatrix(rows: rows, columns: 1, stream: 2, padding: 1)
    let scratch = randomMatrix(rows: 1, columns: kernels.scratchCount, stream: 5).values
    kernels.forward(e, scratch: scratch, into: term)

    let gradient = randomMatrix(rows: rows, columns: columns, stream: 3, padding: 2)
    let termGradient = randomMatrix(rows: rows, columns: 1, stream: 4)
    var expected: [Double] = []
    var expectedGradient = accumulate ? gradient.doubles.flatMap { $0 } : []
    if !accumulate {
      expectedGradient = Array(repeating: 0, count: rows * columns)
      gradient.values.fill(.nan)
    }
    for (row, values) in e.doubles.enumerated() {
      var sum = 0.0
      for m in 2...order {
        for k in 0..<width {
          let places = (0..<fields).map { $0 * kernels.vectorWidth + (m - 2) * width + k }
          let numbers = places.map { values[$0] }
          sum += anova(m, numbers[...])
          for (j, place) in places.enumerated() {
            let others = numbers[..<j] + numbers[(j + 1)...]
            expectedGradient[row * columns + place] +=
              Double(termGradient[row, 0]) * anova(m - 1, others)
          }
        }
      }
      expected.append(sum)
    }
    #expect(relativeError(term.elements, expected, absolute: 1e-6) < 1e-5)
    kernels.backward(
      e, termGradient: termGradient, scratch: scratch, into: gradient, accumulate: accumulate)
    #expect(relativeError(gradient.elements, expectedGradient) < 1e-5)
  }

  @Test func orderTwoIsTheSecondOrderTerm() {
    let kernels = AnovaKernels(fields: 6, width: 5, order: 2)
    let e = randomMatrix(rows: 4, columns: 30, stream: 1)
    let (term, other) = (Matrix(rows: 4, columns: 1), Matrix(rows: 4, columns: 1))
    kernels.forward(e, scratch: Floats(count: kernels.scratchCount), into: term)
    SecondOrder.forward(e, fields: 6, sums: Matrix(rows: 4, columns: 5), into: other)
    #expect(relativeError(term.elements, other.elements.map(Double.init), absolute: 1e-6) < 1e-5)
  }
}
