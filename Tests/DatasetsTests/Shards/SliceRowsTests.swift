import Kernels
import Testing

@testable import Datasets

@Suite struct SliceRowsTests {
  @Test func rowsAreCopiedWhole() {
    let source = SliceRows(capacity: 6, columnCount: 3)
    for row in 0..<6 {
      source.labels[row] = Float(row % 2)
      for field in 0..<3 { source.ids[3 * row + field] = UInt32(10 * row + field) }
    }
    let target = SliceRows(capacity: 4, columnCount: 3)
    target.copy(2, from: source, at: 3, to: 1)
    #expect(target.ids.array == [0, 0, 0, 30, 31, 32, 40, 41, 42, 0, 0, 0])
    #expect(target.labels.array == [0, 1, 0, 0])
    // How many rows are filled is said by who fills them.
    #expect(target.count == 0)
    target.count = 3
    #expect(target.count == 3)
  }

  @Test func moreRowsThanThereIsRoomForTrap() async {
    await #expect(processExitsWith: .failure) {
      let rows = SliceRows(capacity: 4, columnCount: 3)
      rows.copy(2, from: rows, at: 0, to: 3)
    }
  }
}
