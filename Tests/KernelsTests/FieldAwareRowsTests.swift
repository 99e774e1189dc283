import Kernels
import TestSupport
import Testing

@Suite struct FieldAwareRowsTests {
  private static let examples = 6
  private static let fields = 5
  private static let unique = 9
  private static let offset = 2

  /// Features of different fields share no row, as in a table with offsets.
  private func features(width: Int) -> FeatureRows {
    let index = (0..<Self.examples * Self.fields).map { place in
      Int32((place % Self.fields + 3 * (place / Self.fields)) % Self.unique)
    }
    return FeatureRows(
      index: View(index), examples: Self.examples, fields: Self.fields, uniqueRows: Self.unique,
      rowWidth: Self.fields * width + 3)
  }

  /// Calls `body` for each example and pair with the places of both vectors in the rows.
  private func forPairs(
    _ features: FeatureRows, width: Int, _ body: (_ example: Int, _ pair: Int, Int, Int) -> Void
  ) {
    for example in 0..<Self.examples {
      let rows = (0..<Self.fields).map {
        Int(features.index[example * Self.fields + $0]) * features.rowWidth + Self.offset
      }
      var pair = 0
      for i in 0..<Self.fields {
        for j in i + 1..<Self.fields {
          body(example, pair, rows[i] + j * width, rows[j] + i * width)
          pair += 1
        }
      }
    }
  }

  @Test(arguments: [1, 3, 4, 6, 16])
  func productsAndTheirGradientsEqualTheDefinition(width: Int) {
    let features = features(width: width)
    let rows = randomMatrix(rows: Self.unique, columns: features.rowWidth, stream: 1).values
    let columns = features.pairCount * width
    let products = randomMatrix(rows: Self.examples, columns: columns, stream: 2, padding: 3)
    features.fieldAwareProducts(rows, offset: Self.offset, width: width, into: products)
    let gradient = randomMatrix(rows: Self.examples, columns: columns, stream: 3, padding: 1)
    let gradients = randomMatrix(
      rows: Self.unique, columns: features.rowWidth, stream: 4
    ).values
    var expected = Array(repeating: 0.0, count: Self.examples * columns)
    var slopes = gradients.array.map(Double.init)
    forPairs(features, width: width) { example, pair, a, b in
      for k in 0..<width {
        let column = pair * width + k
        let g = Double(gradient[example, column])
        expected[example * columns + column] = Double(rows[a + k]) * Double(rows[b + k])
        slopes[a + k] += g * Double(rows[b + k])
        slopes[b + k] += g * Double(rows[a + k])
      }
    }
    #expect(relativeError(products.elements, expected) < 1e-6)
    features.scatterFieldAwareProducts(
      gradient, rows: rows, into: gradients, offset: Self.offset, width: width)
    #expect(relativeError(gradients.array, slopes) < 1e-6)
  }

  @Test(arguments: [1, 3, 4, 6, 16])
  func sumsAndTheirGradientsEqualTheDefinition(width: Int) {
    let features = features(width: width)
    let rows = randomMatrix(rows: Self.unique, columns: features.rowWidth, stream: 1).values
    let sums = randomMatrix(rows: Self.examples, columns: 1, stream: 2, padding: 3)
    features.fieldAwareSum(rows, offset: Self.offset, width: width, into: sums)
    let gradient = randomMatrix(rows: Self.examples, columns: 1, stream: 3)
    let gradients = randomMatrix(
      rows: Self.unique, columns: features.rowWidth, stream: 4
    ).values
    var expected = Array(repeating: 0.0, count: Self.examples)
    var slopes = gradients.array.map(Double.init)
    forPairs(features, width: width) { example, _, a, b in
      for k in 0..<width {
        expected[example] += Double(rows[a + k]) * Double(rows[b + k])
        slopes[a + k] += Double(gradient[example, 0]) * Double(rows[b + k])
        slopes[b + k] += Double(gradient[example, 0]) * Double(rows[a + k])
      }
    }
    #expect(relativeError(sums.elements, expected, absolute: 1e-6) < 1e-5)
    features.scatterFieldAwareSum(
      gradient, rows: rows, into: gradients, offset: Self.offset, width: width)
    #expect(relativeError(gradients.array, slopes) < 1e-5)
  }

  @Test func aPartThatDoesNotFitTheRowTraps() async {
    await #expect(processExitsWith: .failure) {
      let features = FeatureRows(
        index: View([0, 1]), examples: 1, fields: 2, uniqueRows: 2, rowWidth: 3)
      features.fieldAwareSum(
        Floats(count: 6), offset: 0, width: 2, into: Matrix(rows: 1, columns: 1))
    }
  }
}
