import Kernels
import TestSupport
import Testing

@Suite struct ColumnProductsTests {
  @Test(arguments: [(1, 1), (5, 7), (70, 16), (3, 37)])
  func equalTheDefinition(rows: Int, columns: Int) {
    let a = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 2)
    let b = randomMatrix(rows: rows, columns: columns, stream: 2)
    let factors = randomMatrix(rows: 1, columns: columns, stream: 3).values
    let c = randomMatrix(rows: rows, columns: columns, stream: 4, padding: 1)
    let sums = randomMatrix(rows: 1, columns: columns, stream: 5).values
    var scaled = c.doubles
    var totals = sums.array.map { 2 * Double($0) }
    for row in 0..<rows {
      for column in 0..<columns {
        scaled[row][column] += Double(a[row, column]) * Double(factors[column])
        totals[column] += Double(a[row, column]) * Double(b[row, column])
      }
    }
    ColumnProducts.scale(a, by: factors, into: c, accumulate: true)
    #expect(relativeError(c.elements, scaled.flatMap { $0 }) < 1e-6)
    ColumnProducts.sums(a, b, into: sums, beta: 2)
    #expect(relativeError(sums.array, totals) < 1e-5)
  }

  @Test func whatIsNotAccumulatedIsNotRead() {
    let a = Matrix(Floats([1, 2, 3, 4]), rows: 2, columns: 2)
    let (c, sums) = (Matrix(rows: 2, columns: 2), Floats(count: 2))
    c.values.fill(.nan)
    sums.fill(.nan)
    ColumnProducts.scale(a, by: Floats([2, 3]), into: c)
    ColumnProducts.sums(a, a, into: sums)
    #expect(c.elements == [2, 6, 6, 12])
    #expect(sums.array == [10, 20])
  }
}
