import Testing

@testable import Kernels

@Suite struct OctetTests {
  @Test(arguments: [(0, 0), (1, 8), (8, 8), (9, 16), (500, 504)])
  func padding(_ count: Int, _ padded: Int) {
    #expect(Octet.padded(count) == padded)
  }

  @Test func loadsAndStores() {
    let view = Floats((0..<10).map(Float.init))
    let octet = view.octet(at: 1)
    #expect(octet == Octet(1, 2, 3, 4, 5, 6, 7, 8))
    view.setOctet(octet * 2, at: 2)
    #expect(view.array == [0, 1, 2, 4, 6, 8, 10, 12, 14, 16])
  }

  @Test func boundsKeepNotANumber() {
    let lanes = Octet(-2, -1, -0.5, 0, 0.5, 1, 2, .nan)
    #expect(lanes.atLeast(-1)[0] == -1 && lanes.atLeast(-1)[6] == 2)
    #expect(lanes.atMost(1)[6] == 1 && lanes.atMost(1)[0] == -2)
    #expect(lanes.atLeast(0)[7].isNaN && lanes.atMost(0)[7].isNaN)
    #expect(lanes.magnitude[0] == 2 && lanes.magnitude[6] == 2)
  }
}
