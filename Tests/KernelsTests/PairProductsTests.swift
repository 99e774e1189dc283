import Kernels
import TestSupport
import Testing

@Suite struct PairProductsTests {
  static let shapes = [(1, 2, 1), (3, 3, 4), (2, 39, 16), (2, 40, 17), (3, 18, 5), (2, 5, 33)]

  @Test(arguments: shapes, [false, true])
  func equalsTheDefinition(shape: (Int, Int, Int), accumulate: Bool) {
    let (rows, fields, width) = shape
    let pairs = PairProducts(fields: fields, width: width)
    #expect(pairs.count == fields * (fields - 1) / 2)
    let e = randomMatrix(rows: rows, columns: fields * width, stream: 1, padding: 3)
    // One number apart: writing beyond the last pair of a row would show.
    let products = randomMatrix(rows: rows, columns: pairs.count, stream: 2, padding: 1)
    let gap = products.values[pairs.count]
    pairs.forward(e, scratch: Floats(count: pairs.scratchCount), into: products)
    #expect(products.values[pairs.count] == gap)

    let gradient = randomMatrix(rows: rows, columns: fields * width, stream: 3)
    var expectedGradient = gradient.doubles
    if !accumulate {
      expectedGradient = expectedGradient.map { $0.map { _ in 0 } }
      gradient.values.fill(.nan)
    }
    let productGradient = randomMatrix(rows: rows, columns: pairs.count, stream: 4)
    var expected: [Double] = []
    for (row, values) in e.doubles.enumerated() {
      var place = 0
      for i in 0..<fields {
        for j in i + 1..<fields {
          let g = Double(productGradient[row, place])
          var product = 0.0
          for k in 0..<width {
            product += values[i * width + k] * values[j * width + k]
            expectedGradient[row][i * width + k] += g * values[j * width + k]
            expectedGradient[row][j * width + k] += g * values[i * width + k]
          }
          expected.append(product)
          place += 1
        }
      }
    }
    #expect(relativeError(products.elements, expected) < 1e-6)
    pairs.backward(e, productGradient: productGradient, into: gradient, accumulate: accumulate)
    #expect(relativeError(gradient.elements, expectedGradient.joined().map { $0 }) < 1e-6)
  }
}
