import Kernels
import TestSupport
import Testing

@Suite struct DropoutMaskTests {
  private let randomness = Randomness(seed: 4, purpose: .dropout, step: 77)

  @Test(arguments: [(0, 0), (1, 8), (63, 8), (64, 8), (65, 16), (128, 16), (200, 32)])
  func blocksAreCountedInGroupsOf64Units(width: Int, blocks: Int) {
    #expect(DropoutMask.blockCount(width: width) == blocks)
  }

  @Test(arguments: [(Float(0), Int32(0)), (0.2, 13107), (0.5, 32768), (0.999_999, 65535)])
  func theThresholdIsTheRateIn16Bits(rate: Float, threshold: Int32) {
    let mask = DropoutMask(rate: rate, randomness: randomness, firstExample: 0, firstBlock: 0)
    #expect(mask.threshold == threshold)
    #expect(mask.scale == 65536 / Float(65536 - threshold))
  }

  @Test func theKeptFractionIsThatOfTheThreshold() {
    let mask = DropoutMask(rate: 0.2, randomness: randomness, firstExample: 5, firstBlock: 16)
    let units = (0..<500).flatMap { row in (0..<100).map { mask.keeps(row: row, unit: $0) } }
    let kept = Double(units.count { $0 }) / Double(units.count)
    // Five standard deviations of 50,000 draws.
    #expect(abs(kept - (1 - 13107.0 / 65536)) < 5 * (0.16 / 50000).squareRoot())
  }

  @Test func examplesAreThoseOfTheGlobalBatch() {
    let whole = DropoutMask(rate: 0.5, randomness: randomness, firstExample: 0, firstBlock: 8)
    let part = DropoutMask(rate: 0.5, randomness: randomness, firstExample: 30, firstBlock: 8)
    for unit in 0..<64 {
      #expect(whole.keeps(row: 33, unit: unit) == part.keeps(row: 3, unit: unit))
    }
  }

  @Test(arguments: [1, 16, 63, 64, 65, 200], [false, true])
  func applyingFollowsTheDefinition(width: Int, accumulate: Bool) {
    let mask = DropoutMask(rate: 0.3, randomness: randomness, firstExample: 9, firstBlock: 8)
    let x = randomMatrix(rows: 5, columns: width, stream: 1, padding: 3)
    let y = randomMatrix(rows: 5, columns: width, stream: 2, padding: 1)
    let expected = (0..<5 * width).map { place in
      let (row, unit) = (place / width, place % width)
      let kept = mask.keeps(row: row, unit: unit) ? x[row, unit] * mask.scale : 0
      return kept + (accumulate ? y[row, unit] : 0)
    }
    if !accumulate { y.values.fill(.nan) }
    mask.apply(x, into: y, accumulate: accumulate)
    #expect(y.elements == expected)
  }
}
