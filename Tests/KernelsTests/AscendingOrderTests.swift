import Kernels
import Testing

@Suite struct AscendingOrderTests {
  /// Sorts in `order` and compares with the library's sort.
  private func check(_ ids: [UInt32], _ order: AscendingOrder = AscendingOrder()) {
    // More room than ids: what lies beyond them is left.
    let list = View<UInt32>(ids + [9, 8, 7])
    let places = View<Int32>(count: ids.count + 2)
    places.fill(-5)
    order.sort(list, count: ids.count, order: places)
    #expect(list.array.prefix(ids.count) == ids.sorted()[...])
    #expect(list.array.suffix(3) == [9, 8, 7])
    #expect(places.array.prefix(ids.count).map { ids[Int($0)] } == ids.sorted())
    #expect(Set(places.array.prefix(ids.count)).count == ids.count)
    #expect(places.array.suffix(2) == [-5, -5])
  }

  /// Different ids in no order: the multiplier is odd, so that no two are equal.
  private func ids(_ count: Int, below bits: Int, seed: UInt32 = 1) -> [UInt32] {
    (0..<UInt32(count)).map { (($0 &+ seed) &* 0x9E37_79B1) & (.max >> UInt32(32 - bits)) }
  }

  @Test(
    arguments: [
      [], [0], [.max], [1, 0], [5, 4, 3, 2, 1, 0], [0, .max, 1, .max - 1],
      // Equal in one digit of eleven bits and not in another.
      [2048, 0, 4096, 2049, 1, 4097], [1 << 22, 1 << 11, 1, 1 << 31, 2047, 2048, 1 << 21],
      [.max, .max >> 1, .max >> 10, .max >> 11, .max >> 21, .max >> 22, 0],
    ] as [[UInt32]])
  func sortsLists(ids: [UInt32]) { check(ids) }

  /// Highest ids on both sides of one, two and three digits.
  @Test(arguments: [10, 11, 12, 21, 22, 23, 31, 32])
  func sortsIdsOfEverySize(bits: Int) {
    let count = min(1 << bits, 5000)
    let ids = ids(count, below: bits)
    #expect(Set(ids).count == count)
    check(ids)
  }

  @Test func theMemoryIsUsedAgainAndGrows() {
    let order = AscendingOrder()
    for (round, count) in [10, 1000, 3, 0, 1400, 1501, 40_000, 7].enumerated() {
      check(ids(count, below: 32, seed: UInt32(round)), order)
    }
  }

  @Test func listsThatAreTooShortTrap() async {
    await #expect(processExitsWith: .failure) {
      AscendingOrder().sort(View([1, 2]), count: 3, order: View(count: 3))
    }
    await #expect(processExitsWith: .failure) {
      AscendingOrder().sort(View([1, 2, 3]), count: 3, order: View(count: 2))
    }
  }
}
