import Kernels
import TestSupport
import Testing

@Suite struct MatrixTests {
  private let matrix = Matrix(Floats((0..<20).map(Float.init)), rows: 4, columns: 3, stride: 5)

  @Test func rowsAreAStrideApart() {
    #expect(matrix.elements == [0, 1, 2, 5, 6, 7, 10, 11, 12, 15, 16, 17])
  }

  @Test func blocksShareTheMemory() {
    let block = matrix.rows(1, 2).columns(1, 2)
    #expect(block.elements == [6, 7, 11, 12])
    block[1, 0] = -1
    #expect(matrix[2, 1] == -1)
  }

  @Test func emptyBlocksAreAllowedAtTheEnds() {
    #expect(matrix.rows(4, 0).elements.isEmpty)
    #expect(matrix.columns(3, 0).elements.isEmpty)
    #expect(Matrix(rows: 0, columns: 3).columns(2, 1).rows == 0)
  }

  @Test func memoryThatIsTooShortTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Matrix(Floats(count: 11), rows: 3, columns: 4)
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 3, columns: 4)[0, 4]
    }
  }
}
