import Kernels
import TestSupport
import Testing

@Suite struct RowListsTests {
  private static let lists = [nil, ValueList(maximum: 3), ValueList(maximum: 2, pooling: .sum)]
  /// Two examples: three values and one; two values twice the same, and two.
  private static let index: [Int32] = [
    4, 0, 1, 2, 3, -1,
    0, 3, 3, -1, 1, 4,
  ]

  private func pooling() throws -> RowLists { try #require(RowLists(Self.lists)) }

  @Test func fieldsWithoutListsNeedNothing() {
    #expect(RowLists([]) == nil && RowLists([nil, nil]) == nil)
    #expect(RowLists([nil, ValueList(maximum: 1)]) == nil)
  }

  @Test func columnsAreCounted() throws {
    let lists = try pooling()
    #expect(lists.lengths == [1, 3, 2] && lists.columnCount == 6 && lists.listCount == 2)
  }

  @Test(arguments: [1, 3, 16, 17, 40])
  func rowsAreMadeBehindThoseThatAreThere(width: Int) throws {
    let lists = try pooling()
    let rows = randomMatrix(rows: 9, columns: width, stream: 1)
    let old = rows.doubles
    let places = View<Int32>(count: 6)
    let count = lists.make(
      rows.values, uniqueRows: 5, width: width, index: View(Self.index), places: places,
      examples: 2)
    #expect(count == 8)
    // One value is used as it is.
    #expect(places.array == [4, 5, 3, 0, 6, 7])
    for lane in 0..<width {
      let mean = (old[0][lane] + old[1][lane] + old[2][lane]) / 3
      #expect(abs(Double(rows[5, lane]) - mean) < 1e-6)
      #expect(abs(Double(rows[6, lane]) - old[3][lane]) < 1e-6)
      #expect(abs(Double(rows[7, lane]) - (old[1][lane] + old[4][lane])) < 1e-6)
      for row in [0, 1, 2, 3, 4, 8] { #expect(Double(rows[row, lane]) == old[row][lane]) }
    }
  }

  @Test(arguments: [1, 3, 16, 17, 40])
  func gradientsAreSharedOut(width: Int) throws {
    let lists = try pooling()
    let gradients = randomMatrix(rows: 8, columns: width, stream: 2)
    let old = gradients.doubles
    lists.share(
      gradients.values, uniqueRows: 5, width: width, index: View(Self.index), examples: 2)
    for lane in 0..<width {
      let (a, b, c) = (old[5][lane], old[6][lane], old[7][lane])
      let added = [a / 3, a / 3 + c, a / 3, b, c]
      for row in 0..<5 {
        #expect(abs(Double(gradients[row, lane]) - old[row][lane] - added[row]) < 1e-6)
      }
    }
  }

  @Test func aFieldWithoutValueIsAMistake() async {
    await #expect(processExitsWith: .failure) {
      let lists = RowLists([ValueList(maximum: 2)])
      _ = lists?.make(
        Floats(count: 8), uniqueRows: 2, width: 2, index: View([Int32](repeating: -1, count: 2)),
        places: View(count: 1), examples: 1)
    }
  }
}
