import Kernels
import TestSupport
import Testing

@Suite struct FeatureRowsTests {
  static let widths = [1, 3, 16, 17, 33]
  private static let examples = 7
  private static let fields = 5
  private static let unique = 6
  private static let offset = 2

  private func features(rowWidth: Int) -> FeatureRows {
    let randomness = Randomness(seed: 9, purpose: .test)
    let index = (0..<Self.examples * Self.fields).map {
      Int32(randomness.word(example: 0, lane: $0) % UInt32(Self.unique))
    }
    return FeatureRows(
      index: View(index), examples: Self.examples, fields: Self.fields, uniqueRows: Self.unique,
      rowWidth: rowWidth)
  }

  @Test(arguments: widths)
  func gatherCopiesThePartOfEachRow(width: Int) {
    let features = features(rowWidth: width + 3)
    let rows = randomMatrix(rows: Self.unique, columns: width + 3, stream: 1)
    let target = Matrix(rows: Self.examples, columns: Self.fields * width)
    features.gather(rows.values, offset: Self.offset, width: width, into: target)
    let expected = features.index.array.flatMap { row in
      (0..<width).map { rows[Int(row), Self.offset + $0] }
    }
    #expect(target.elements == expected)
  }

  @Test(arguments: widths)
  func scatterAddIsTheTransposeOfGather(width: Int) {
    let features = features(rowWidth: width + 3)
    let gradient = randomMatrix(
      rows: Self.examples, columns: Self.fields * width, stream: 2, padding: 4)
    let rows = randomMatrix(rows: Self.unique, columns: width + 3, stream: 1)
    var expected = rows.doubles
    for (place, row) in features.index.array.enumerated() {
      for lane in 0..<width {
        expected[Int(row)][Self.offset + lane] += Double(
          gradient[place / Self.fields, place % Self.fields * width + lane])
      }
    }
    features.scatterAdd(gradient, into: rows.values, offset: Self.offset, width: width)
    #expect(relativeError(rows.elements, expected.joined().map { $0 }) < 1e-6)
  }

  @Test(arguments: [1, 2, 5])
  func sumsAndTheirGradientsEqualTheDefinition(width: Int) {
    let features = features(rowWidth: width + 3)
    let rows = randomMatrix(rows: Self.unique, columns: width + 3, stream: 1)
    let bias = randomMatrix(rows: 1, columns: width, stream: 3)
    let sums = Matrix(rows: Self.examples, columns: width)
    features.sum(
      rows.values, offset: Self.offset, width: width, bias: bias.values, into: sums)
    var expected = (0..<Self.examples).map { _ in bias.doubles[0] }
    var gradients = rows.doubles
    let gradient = randomMatrix(rows: Self.examples, columns: width, stream: 4)
    for (place, row) in features.index.array.enumerated() {
      for lane in 0..<width {
        expected[place / Self.fields][lane] += Double(rows[Int(row), Self.offset + lane])
        gradients[Int(row)][Self.offset + lane] += Double(gradient[place / Self.fields, lane])
      }
    }
    #expect(relativeError(sums.elements, expected.joined().map { $0 }) < 1e-6)
    features.scatterAddShared(gradient, into: rows.values, offset: Self.offset, width: width)
    #expect(relativeError(rows.elements, gradients.joined().map { $0 }) < 1e-6)
  }

  @Test func aFeatureOutsideTheRowsTraps() async {
    await #expect(processExitsWith: .failure) {
      let features = FeatureRows(
        index: View([0, 2]), examples: 1, fields: 2, uniqueRows: 2, rowWidth: 1)
      features.gather(
        Floats(count: 2), offset: 0, width: 1, into: Matrix(rows: 1, columns: 2))
    }
  }
}
