import Kernels
import TestSupport
import Testing

@Suite struct ElementwiseTests {
  static let shapes = [(1, 1), (3, 15), (33, 16), (70, 17), (2, 40), (0, 5)]

  @Test(arguments: shapes)
  func addCopyAndScale(rows: Int, columns: Int) {
    let a = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 2)
    let b = randomMatrix(rows: rows, columns: columns, stream: 2)
    let c = Matrix(rows: rows, columns: columns)
    let sum = zip(a.elements, b.elements).map { $0 + $1 }
    Elementwise.add(a, b, into: c)
    #expect(c.elements == sum)
    Elementwise.copy(a, into: c)
    #expect(c.elements == a.elements)
    Elementwise.copy(b, into: c, accumulate: true)
    #expect(c.elements == sum)
    Elementwise.scale(c, by: 2)
    #expect(c.elements == sum.map { $0 * 2 })
    Elementwise.scale(c, by: 0)
    #expect(c.elements.allSatisfy { $0 == 0 })
  }

  @Test func scalingByZeroForgetsWhatIsNotANumber() {
    let a = Matrix(Floats([.nan, .infinity]), rows: 1, columns: 2)
    Elementwise.scale(a, by: 0)
    #expect(a.elements == [0, 0])
  }

  @Test(arguments: shapes)
  func fillRowsRepeatsTheValues(rows: Int, columns: Int) {
    let a = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 3)
    let padding = a.values.count > columns ? a.values[columns] : 0
    let values = randomMatrix(rows: 1, columns: columns, stream: 4)
    Elementwise.fillRows(a, with: values.values)
    #expect(a.elements == (0..<rows).flatMap { _ in values.elements })
    #expect(a.values.count <= columns || a.values[columns] == padding)
  }

  @Test(arguments: shapes, [Float(0), 1])
  func columnSumsEqualTheDefinition(shape: (Int, Int), beta: Float) {
    let a = randomMatrix(rows: shape.0, columns: shape.1, stream: 1, padding: 1)
    let sums = randomMatrix(rows: 1, columns: shape.1, stream: 2).values
    if beta == 0 { sums.fill(.nan) }
    let rows = a.doubles
    let expected = (0..<shape.1).map { column in
      (beta == 0 ? 0 : Double(sums[column])) + rows.reduce(0) { $0 + $1[column] }
    }
    Elementwise.columnSums(of: a, into: sums, beta: beta)
    #expect(relativeError(sums.array, expected, absolute: 1e-7) < 1e-6)
  }

  @Test func longColumnsKeepTheirPrecision() {
    let rows = 10_000
    let a = Matrix(rows: rows, columns: 1)
    a.values.fill(0.1)
    let sums = Floats(count: 1)
    Elementwise.columnSums(of: a, into: sums)
    #expect(relativeError(sums.array, [Double(Float(0.1)) * Double(rows)]) < 1e-5)
  }
}
