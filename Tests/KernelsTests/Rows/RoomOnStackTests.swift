import Testing

@testable import Kernels

@Suite struct RoomOnStackTests {
  /// On both sides of what the runtime keeps on the stack, and of what lies there at all.
  @Test(arguments: [0, 1, 256, 257, RoomOnStack.most, RoomOnStack.most + 1])
  func lendsAllOfIt(count: Int) {
    var sum: Float = -1
    unsafe RoomOnStack.lend(count) { room in
      for place in 0..<count { unsafe room[place] = Float(place % 7) }
      // Another room beside it changes nothing.
      unsafe RoomOnStack.lend(count) { other in unsafe other.update(repeating: 9, count: count) }
      sum = (0..<count).reduce(0) { unsafe $0 + room[$1] }
    }
    #expect(sum == (0..<count).reduce(0) { $0 + Float($1 % 7) })
  }
}
