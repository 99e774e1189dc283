import Kernels
import TestSupport
import Testing

@Suite struct Int8CodecTests {
  private let randomness = Randomness(seed: 5, purpose: .test, step: 3)

  private func bits(_ values: Floats) -> [UInt32] { values.array.map(\.bitPattern) }

  /// Numbers of sizes that differ from group to group.
  private static func numbers(_ count: Int, width: Int, seed: UInt64) -> Floats {
    var chance = Chance(state: seed)
    return Floats(
      (0..<count).map { index in
        let size = Float(sign: .plus, exponent: -(index / width) * 7 % 60 - 5, significand: 1)
        return Float(Int32(truncatingIfNeeded: chance.next())) * 0x1p-31 * size
      })
  }

  /// Writes and reads.
  private func sent(_ values: Floats, width: Int) -> Floats {
    let powers = Bytes(count: Int8Codec.groups(of: values.count, width: width))
    let codes = View<Int8>(count: values.count)
    Int8Codec.encode(values, width: width, powers: powers, codes: codes)
    let received = Floats(count: values.count)
    Int8Codec.decode(codes, width: width, powers: powers, into: received)
    return received
  }

  @Test(
    arguments: [
      ([127, 1], [127, 1], 127), ([127.5, -128], [64, -64], 128), ([0, -0.0], [0, 0], 0),
      ([1, -1, 0.5], [64, -64, 32], 121), ([0x1p-149], [0], 1), ([0x1p-126], [1], 1),
      ([.infinity, 7, .nan, -.infinity], [1, 0, 2, -1], 255),
    ] as [([Float], [Int8], UInt8)])
  func theScaleIsTheLeastThatHoldsTheLargest(values: [Float], codes: [Int8], power: UInt8) {
    let (written, powers) = (View<Int8>(count: values.count), Bytes(count: 1))
    Int8Codec.encode(Floats(values), width: values.count, powers: powers, codes: written)
    #expect(written.array == codes)
    #expect(powers[0] == power)
  }

  @Test func largeNumbersKeepTheirSize() {
    let values = Floats([3e38, -1e38])
    let received = sent(values, width: 2)
    #expect(received.array.allSatisfy { $0.isFinite })
    #expect(abs(received[1] + 1e38) < 0x1p121)
  }

  /// Lane by lane: a draw of its own is added, then the nearest integer of the group's scale.
  @Test(arguments: [(17, 17 * 9), (16, 40), (8, 8), (1, 5), (7, 20)])
  func roundsAsDefined(width: Int, count: Int) {
    let values = Self.numbers(count, width: width, seed: 1)
    let groups = Int8Codec.groups(of: count, width: width)
    let names = View<UInt32>((0..<UInt32(groups)).map { 1000 - 3 * $0 })
    let rounded = Floats(values.array)
    Int8Codec.round(rounded, width: width, names: names, randomness)
    for index in 0..<count {
      let first = index / width * width
      let group = values.array[first..<min(first + width, count)]
      var scale: Float = 0x1p-126
      while (group.map(abs).max() ?? 0) / scale > 127 { scale *= 2 }
      let noise = Int8Codec.noise(
        randomness, example: Int(names[index / width]), lane: index % width)
      let expected = (values[index] / scale + noise).rounded(.toNearestOrEven) * scale
      #expect(rounded[index] == expected, "element \(index)")
      #expect(abs(rounded[index] - values[index]) < scale)
    }
    // The order of the groups changes nothing; nor does who sends which part of them.
    #expect(bits(sent(rounded, width: width)) == bits(rounded))
    let last = values.slice((groups - 1) * width, count - (groups - 1) * width)
    Int8Codec.round(last, width: width, names: names.slice(groups - 1, 1), randomness)
    #expect(bits(last) == bits(rounded.slice(count - last.count, last.count)))
    #expect(bits(sent(last, width: width)) == bits(last))
  }

  @Test func withoutNamesGroupsAreCounted() {
    let values = Self.numbers(48, width: 16, seed: 2)
    let named = Floats(values.array)
    Int8Codec.round(named, width: 16, names: View([0, 1, 2]), randomness)
    Int8Codec.round(values, width: 16, randomness)
    #expect(bits(values) == bits(named))
  }

  /// The mean over many draws is the number: five standard deviations of the mean.
  @Test func theMeanOfManyRoundingsIsTheNumber() {
    let width = 10
    let numbers: [Float] = [100, -99.75, 0.5, 0.25, -0.01, 3.9, -64.001, 1e-3, 0, 126.999]
    let draws = 20_000
    var sums = Array(repeating: 0.0, count: width)
    for draw in 0..<draws {
      let values = Floats(numbers)
      Int8Codec.round(values, width: width, names: View([UInt32(draw)]), randomness)
      for lane in 0..<width { sums[lane] += Double(values[lane]) }
    }
    for lane in 0..<width {
      let number = Double(numbers[lane])
      let above = number - number.rounded(.down)
      let deviation = (above * (1 - above) / Double(draws)).squareRoot()
      let mean = sums[lane] / Double(draws)
      #expect(abs(mean - number) <= 5 * deviation + 1e-5, "lane \(lane): \(mean) for \(number)")
    }
  }

  @Test func whatIsNotFiniteIsFoundWhereItWas() {
    let values = Floats([1, 2, 3, .infinity, .nan, 5, -.infinity, 8, -0.0, 0])
    Int8Codec.round(values, width: 3, randomness)
    for values in [values, sent(values, width: 3)] {
      #expect(values[3] == .infinity && values[4].isNaN && values[5] == 0)
      #expect(values[6] == -.infinity && values[7] == 0)
      #expect(values[8].bitPattern == 0 && values[9].bitPattern == 0)
      #expect(values.array[..<3] == [1, 2, 3])
    }
  }

  /// Whatever comes from the wire is read without a trap.
  @Test func allCodesCanBeRead() {
    let codes = View<Int8>((0..<256).map { Int8(truncatingIfNeeded: $0) })
    for power in 0...255 {
      let values = Floats(count: 256)
      Int8Codec.decode(codes, width: 256, powers: Bytes([UInt8(power)]), into: values)
      #expect(values[0] == 0)
    }
  }
}
