import Kernels
import TestSupport
import Testing

@Suite struct PairVectorsTests {
  @Test(arguments: [(2, 1), (3, 4), (39, 16), (5, 17), (4, 33)], [false, true])
  func equalsTheDefinition(shape: (fields: Int, width: Int), accumulate: Bool) {
    let (fields, width) = shape
    let pairs = PairVectors(fields: fields, width: width)
    let e = randomMatrix(rows: 3, columns: fields * width, stream: 1, padding: 3)
    let products = randomMatrix(rows: pairs.count, columns: width, stream: 2, padding: 1)
    pairs.forward(e, row: 1, into: products)

    let gradient = randomMatrix(rows: 3, columns: fields * width, stream: 3)
    let others = [0, 2].map { gradient.doubles[$0] }
    var expectedGradient = gradient.doubles[1]
    if !accumulate {
      expectedGradient = expectedGradient.map { _ in 0 }
      gradient.rows(1, 1).values.slice(0, fields * width).fill(.nan)
    }
    let productGradient = randomMatrix(rows: pairs.count, columns: width, stream: 4)
    let values = e.doubles[1]
    var expected: [Double] = []
    for i in 0..<fields {
      for j in i + 1..<fields {
        for k in 0..<width {
          let g = Double(productGradient[expected.count / width, k])
          expectedGradient[i * width + k] += g * values[j * width + k]
          expectedGradient[j * width + k] += g * values[i * width + k]
          expected.append(values[i * width + k] * values[j * width + k])
        }
      }
    }
    #expect(relativeError(products.elements, expected) < 1e-6)
    pairs.backward(
      e, row: 1, productGradient: productGradient, into: gradient, accumulate: accumulate)
    #expect(relativeError(gradient.rows(1, 1).elements, expectedGradient) < 1e-6)
    #expect([0, 2].map { gradient.doubles[$0] } == others)
  }
}
