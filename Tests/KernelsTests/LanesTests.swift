import Testing

@testable import Kernels

@Suite struct LanesTests {
  @Test(arguments: [0, 1, 15, 16, 17, 64, 100])
  func everyNumberOfAWidthComesOnceAndInOrder(width: Int) {
    var seen: [Int] = []
    forLanes(width) { offset, count in
      #expect(count == laneCount || offset + count == width)
      seen += offset..<offset + count
    }
    #expect(seen == Array(0..<width))
  }

  @Test(arguments: 1...laneCount)
  func partsOfAVectorTouchNothingElse(count: Int) {
    let source = Floats((0..<40).map { Float($0 + 1) })
    let target = Floats(count: 40)
    let lanes = unsafe source.pointer.load(3, count)
    for lane in 0..<laneCount { #expect(lanes[lane] == (lane < count ? Float(lane + 4) : 0)) }
    unsafe target.pointer.save(lanes, 5, count)
    let expected = (0..<40).map { (5..<5 + count).contains($0) ? Float($0 - 1) : 0 }
    #expect(target.array == expected)
  }

  @Test func aMaskKeepsLanesOrClearsThem() {
    let lanes = Lanes(repeating: -3)
    var mask = SIMD16<Int32>(repeating: 0)
    for lane in stride(from: 0, to: laneCount, by: 3) { mask[lane] = -1 }
    let kept = lanes.masked(mask)
    for lane in 0..<laneCount { #expect(kept[lane] == (lane % 3 == 0 ? -3 : 0)) }
  }
}
