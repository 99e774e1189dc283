import Kernels
import Testing

@Suite struct RowPlacesTests {
  /// Widths on both sides of eight lanes.
  @Test(arguments: [1, 7, 8, 9, 19])
  func eachSliceGetsItsRowsInItsOrder(width: Int) {
    let rows = Floats((0..<4 * width).map(Float.init))
    // Slice 0 has rows 2 and 0, slice 1 has row 1, slice 2 none, slice 3 all.
    let positions = View<Int32>([1, -1, -1, 3, -1, 0, -1, 2, 0, -1, -1, 1, -1, -1, -1, 0])
    let expected = [[2, 0], [1], [], [3, 2, 1, 0]]
    for (slice, order) in expected.enumerated() {
      let target = Floats(Array(repeating: -1, count: 4 * width))
      RowPlaces.copy(
        rows, width: width, count: 4, positions: positions, slices: 4, slice: slice, into: target)
      let numbers = order.flatMap { row in (0..<width).map { Float(row * width + $0) } }
      #expect(target.array.prefix(numbers.count) == numbers[...])
      #expect(target.array.dropFirst(numbers.count).allSatisfy { $0 == -1 })
    }
  }

  /// Slice 1 says nothing; what lies outside of the range stays.
  @Test func countsAreAddedUpByRow() {
    let positions = View<Int32>([1, -1, -1, 3, -1, 0, -1, 2, 0, -1, -1, 1, -1, -1, -1, 0])
    let counts = [Floats([3, 4]), nil, Floats(count: 0), Floats([10, 20, 30, 40])]
    let total = Floats([-1, -1, -1, -1])
    RowPlaces.sum(range: 0..<3, positions: positions, slices: 4, into: total) { counts[$0] }
    #expect(total.array == [44, 30, 23, -1])
  }

  @Test func whatLiesOutsideTraps() async {
    await #expect(processExitsWith: .failure) {
      RowPlaces.copy(
        Floats(count: 6), width: 3, count: 3, positions: View([0, 1, -1]), slices: 1, slice: 0,
        into: Floats(count: 9))
    }
    await #expect(processExitsWith: .failure) {
      RowPlaces.copy(
        Floats(count: 6), width: 3, count: 2, positions: View([0, 1]), slices: 1, slice: 1,
        into: Floats(count: 6))
    }
    await #expect(processExitsWith: .failure) {
      RowPlaces.copy(
        Floats(count: 6), width: 3, count: 2, positions: View([0, 1]), slices: 1, slice: 0,
        into: Floats(count: 5))
    }
  }
}
