import Kernels
import TestSupport
import Testing

@Suite struct SegmentProductsTests {
  static let shapes = [(1, 1, 1), (4, 3, 5), (3, 38, 16), (2, 4, 17), (2, 3, 33)]

  @Test(arguments: shapes)
  func dotsAndScalesEqualTheDefinition(rows: Int, segments: Int, width: Int) {
    let columns = segments * width
    let a = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 2)
    let b = randomMatrix(rows: rows, columns: columns, stream: 2)
    let dots = Matrix(rows: rows, columns: segments)
    SegmentProducts.dots(a, b, width: width, into: dots)
    let factors = randomMatrix(rows: rows, columns: segments, stream: 3, padding: 1)
    let scaled = randomMatrix(rows: rows, columns: columns, stream: 4, padding: 3)
    var sums = scaled.doubles
    var expected = Array(repeating: [Double](repeating: 0, count: segments), count: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let product = Double(a[row, column]) * Double(b[row, column])
        expected[row][column / width] += product
        sums[row][column] += Double(factors[row, column / width]) * Double(a[row, column])
      }
    }
    #expect(relativeError(dots.elements, expected.flatMap { $0 }, absolute: 1e-6) < 1e-5)
    SegmentProducts.scale(a, by: factors, width: width, into: scaled, accumulate: true)
    #expect(relativeError(scaled.elements, sums.flatMap { $0 }) < 1e-6)

    scaled.values.fill(.nan)
    SegmentProducts.scale(a, by: factors, width: width, into: scaled)
    let plain = (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return Double(factors[row, column / width]) * Double(a[row, column])
    }
    #expect(relativeError(scaled.elements, plain) < 1e-6)
  }

  @Test(arguments: shapes)
  func spreadAndItsGradientsEqualTheDefinition(rows: Int, segments: Int, width: Int) {
    let columns = segments * width
    let a = randomMatrix(rows: rows, columns: width, stream: 1, padding: 2)
    let weights = randomMatrix(rows: 1, columns: columns, stream: 2).values
    let c = Matrix(rows: rows, columns: columns)
    SegmentProducts.spread(a, times: weights, into: c)
    let g = randomMatrix(rows: rows, columns: columns, stream: 3, padding: 1)
    let aGradient = randomMatrix(rows: rows, columns: width, stream: 4, padding: 1)
    let weightGradient = randomMatrix(rows: 1, columns: columns, stream: 5).values
    var expected: [Double] = []
    var expectedA = aGradient.doubles
    var expectedWeights = weightGradient.array.map(Double.init)
    for row in 0..<rows {
      for column in 0..<columns {
        let (value, factor) = (Double(a[row, column % width]), Double(g[row, column]))
        expected.append(value * Double(weights[column]))
        expectedA[row][column % width] += factor * Double(weights[column])
        expectedWeights[column] += factor * value
      }
    }
    #expect(relativeError(c.elements, expected) < 1e-6)
    SegmentProducts.gatherSpread(
      g, of: a, times: weights, into: aGradient, weightGradient: weightGradient)
    #expect(relativeError(aGradient.elements, expectedA.flatMap { $0 }) < 1e-5)
    #expect(relativeError(weightGradient.array, expectedWeights) < 1e-5)
  }

  @Test func rowsThatDoNotFallIntoSegmentsTrap() async {
    await #expect(processExitsWith: .failure) {
      let a = Matrix(rows: 1, columns: 7)
      SegmentProducts.dots(a, a, width: 3, into: Matrix(rows: 1, columns: 2))
    }
  }
}
