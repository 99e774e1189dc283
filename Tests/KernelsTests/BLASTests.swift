import Kernels
import TestSupport
import Testing

@Suite struct BLASTests {
  static let shapes = [(1, 1, 1), (3, 5, 7), (17, 1, 33), (1, 31, 2), (40, 33, 65), (4, 4, 0)]

  @Test(arguments: shapes, [false, true])
  func equalsTheDefinition(shape: (Int, Int, Int), padded: Bool) {
    let (m, n, k) = shape
    let padding = padded ? 3 : 0
    for transposeA in [false, true] {
      for transposeB in [false, true] {
        let a = randomMatrix(
          rows: transposeA ? k : m, columns: transposeA ? m : k, stream: 1, padding: padding)
        let b = randomMatrix(
          rows: transposeB ? n : k, columns: transposeB ? k : n, stream: 2, padding: padding)
        let c = randomMatrix(rows: m, columns: n, stream: 3, padding: padding)
        let (left, right, old) = (a.doubles, b.doubles, c.doubles)
        var expected: [Double] = []
        for i in 0..<m {
          for j in 0..<n {
            var sum = 0.0
            for l in 0..<k {
              sum +=
                (transposeA ? left[l][i] : left[i][l]) * (transposeB ? right[j][l] : right[l][j])
            }
            expected.append(1.5 * sum + 0.25 * old[i][j])
          }
        }
        BLAS.multiply(
          a, b, transposeA: transposeA, transposeB: transposeB, into: c, alpha: 1.5, beta: 0.25)
        #expect(relativeError(c.elements, expected, absolute: 1e-7) < 1e-6)
      }
    }
  }

  @Test func withBetaZeroTheOldValuesAreNotRead() {
    for inner in [0, 4] {
      let c = Matrix(rows: 2, columns: 2)
      c.values.fill(.nan)
      BLAS.multiply(
        Matrix(rows: 2, columns: inner), Matrix(rows: inner, columns: 2), into: c)
      #expect(c.elements == [0, 0, 0, 0])
    }
  }

  @Test func productsOfSeveralThreadsAtOnceAreEqual() async {
    let reference = product()
    let results = await withTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 { group.addTask { self.product() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == reference })
  }

  private func product() -> [Float] {
    let a = randomMatrix(rows: 150, columns: 120, stream: 1)
    let b = randomMatrix(rows: 130, columns: 120, stream: 2)
    let c = Matrix(rows: 150, columns: 130)
    for _ in 0..<20 { BLAS.multiply(a, b, transposeB: true, into: c) }
    return c.elements
  }

  @Test func aRateIsPositive() {
    #expect(BLAS.measureRate(m: 20, n: 20, k: 20, repetitions: 2) > 0)
  }

  @Test func shapesThatDoNotFitTrap() async {
    await #expect(processExitsWith: .failure) {
      BLAS.multiply(
        Matrix(rows: 2, columns: 3), Matrix(rows: 2, columns: 3), into: Matrix(rows: 2, columns: 3))
    }
  }
}
