import Testing

@testable import Kernels

@Suite struct RowsAheadTests {
  private static let width = 11
  private static let rule = RowRule.adam(
    AdamRule(
      learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, coupledDecay: 1e-4,
      decoupledDecay: 0))
  private let kernel = RowKernel(width: width, schedule: RowSchedule(rule))

  /// Rows that were last computed at versions 0, 1, … 6, all with state.
  private func table(_ count: Int) -> Floats {
    let table = Floats(count: count * kernel.layout.stride)
    let random = Randomness(seed: 3, purpose: .test)
    for row in 0..<count {
      for lane in 0..<kernel.layout.lastStepOffset {
        let value = random.normal(example: row, lane: lane)
        table[row * kernel.layout.stride + lane] = lane < 2 * Self.width ? value : value * value
      }
      table[row * kernel.layout.stride + kernel.layout.lastStepOffset] = Float(
        bitPattern: UInt32(row % 7))
    }
    return table
  }

  /// A table that has numbered these ids last.
  private func stamps(_ ids: [UInt32], of rows: Int) -> StampTable {
    let table = StampTable(idCount: rows)
    let (index, unique) = (View<Int32>(count: ids.count), View<UInt32>(count: ids.count))
    _ = table.number(View(ids), count: ids.count, index: index, unique: unique)
    return table
  }

  private func bits(_ table: Floats) -> [UInt32] { table.array.map(\.bitPattern) }

  @Test func adoptedRowsAreThoseOfACatchUp() {
    let count = 50
    let ids = View((0..<UInt32(count)).map { $0 * 17 % UInt32(count) })
    let (expected, found) = (table(count), table(count))
    let before = bits(found)
    kernel.catchUp(expected, ids: ids, range: 0..<count, version: 7)
    let ahead = RowsAhead()
    ahead.reserve(count, for: kernel)
    for range in [20..<50, 0..<20] {
      ahead.fill(
        found, kernel: kernel, ids: ids, range: range, version: 7, changing: stamps([], of: count))
    }
    #expect(bits(found) == before, "the table itself stays")
    ahead.adopt(into: found, kernel: kernel, ids: ids, range: 0..<count)
    #expect(bits(found) == bits(expected))
  }

  @Test func rowsThatChangedSinceAreLeftAlone() {
    let count = 40
    let ids = View(Array(0..<UInt32(count)))
    let found = table(count)
    let ahead = RowsAhead()
    ahead.reserve(count, for: kernel)
    // Rows under 10 are skipped; of the others, those under 20 change before the rest is adopted.
    ahead.fill(
      found, kernel: kernel, ids: ids, range: 0..<count, version: 8,
      changing: stamps(Array(0..<10), of: count))
    kernel.catchUp(found, ids: ids, range: 10..<20, version: 7)
    let changed = bits(found)
    ahead.adopt(into: found, kernel: kernel, ids: ids, range: 0..<count)
    let stride = kernel.layout.stride
    for row in 0..<count {
      let place = row * stride..<(row + 1) * stride
      #expect((bits(found)[place] == changed[place]) == (row < 20), "row \(row)")
      #expect(
        found[row * stride + kernel.layout.lastStepOffset].bitPattern
          == (row < 10 ? UInt32(row % 7) : row < 20 ? 7 : 8))
    }
    kernel.catchUp(found, ids: ids, range: 0..<count, version: 8)
    let expected = table(count)
    kernel.catchUp(expected, ids: ids, range: 10..<20, version: 7)
    kernel.catchUp(expected, ids: ids, range: 0..<count, version: 8)
    #expect(bits(found) == bits(expected))
  }
}
