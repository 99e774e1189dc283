import Kernels
import TestSupport
import Testing

@Suite struct Float16CodecTests {
  /// The value of a half, from its definition.
  static func value(ofHalf bits: UInt16) -> Float {
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let (power, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    func scaled(_ number: Double, _ power: Int) -> Float {
      Float(sign * number * Double(sign: .plus, exponent: power, significand: 1))
    }
    switch power {
    case 0: return scaled(fraction, -24)
    case 31: return fraction == 0 ? Float(sign * .infinity) : .nan
    default: return scaled(1024 + fraction, power - 25)
    }
  }

  @Test func allHalvesAreReadAndWrittenAgain() {
    let codes = View<UInt16>((0...UInt16.max).map { $0 })
    let values = Floats(count: codes.count)
    Float16Codec.decode(codes, into: values)
    let again = View<UInt16>(count: codes.count)
    Float16Codec.encode(values, into: again)
    let rounded = Floats(values.array)
    Float16Codec.round(rounded)
    for code in 0..<codes.count {
      let expected = Self.value(ofHalf: UInt16(code))
      if expected.isNaN {
        #expect(values[code].isNaN && rounded[code].isNaN)
        #expect(again[code] & 0x7C00 == 0x7C00 && again[code] & 0x3FF != 0)
      } else {
        #expect(values[code].bitPattern == expected.bitPattern, "half \(code)")
        #expect(rounded[code].bitPattern == expected.bitPattern, "half \(code)")
        #expect(Int(again[code]) == code)
      }
    }
  }

  /// Between neighbours, at the middle and at both sides of it: the nearest, and of two the even.
  @Test func roundsToTheNearestAndTiesToEven() {
    var (numbers, expected): ([Float], [UInt16]) = ([], [])
    for code in 0..<UInt16(0x7BFF) {
      let (low, high) = (Self.value(ofHalf: code), Self.value(ofHalf: code + 1))
      let middle = (low + high) / 2
      let even = code & 1 == 0 ? code : code + 1
      for (number, half) in [(middle, even), (middle.nextDown, code), (middle.nextUp, code + 1)] {
        numbers += [number, -number]
        expected += [half, half | 0x8000]
      }
    }
    // 65,520 is the middle between the largest half and the next power of two.
    numbers += [65_519.996, 65_520, -1e30, 0x1p-25, 0x1.8p-25, -0.0, 0x1p-149]
    expected += [0x7BFF, 0x7C00, 0xFC00, 0, 1, 0x8000, 0]
    let codes = View<UInt16>(count: numbers.count)
    Float16Codec.encode(Floats(numbers), into: codes)
    #expect(codes.array == expected)
    let rounded = Floats(numbers)
    Float16Codec.round(rounded)
    #expect(
      rounded.array.map(\.bitPattern) == expected.map { Self.value(ofHalf: $0).bitPattern })
  }

  @Test(
    arguments: [
      ([], 0), ([0, -0.0], 0), ([1], 15), ([1.5, -0.1], 14), ([-32_768], 0), ([32_769], -1),
      ([0x1p-149], 100), ([.nan, 0.25, -.infinity], 17), ([.greatestFiniteMagnitude], -113),
    ] as [([Float], Int)])
  func thePowerIsThatOfTheLargest(values: [Float], power: Int) {
    #expect(Float16Codec.power(for: Floats(values)) == power)
  }

  /// Rounded gradients arrive as they are, wherever they are cut, at any size.
  @Test func whatIsRoundedStaysWhateverIsSent() {
    var chance = Chance(state: 7)
    for round in 0..<300 {
      let size = Float(sign: .plus, exponent: round % 240 - 120, significand: 1)
      let values = Floats(
        (0..<67).map { _ in
          let draw = Float(Int32(truncatingIfNeeded: chance.next())) * 0x1p-31
          return draw * draw * draw * size
        })
      Float16Codec.round(values, power: Float16Codec.power(for: values))
      for cut in [0..<67, 0..<16, 16..<67, 66..<67] {
        let part = values.slice(cut.lowerBound, cut.count)
        let power = Float16Codec.power(for: part)
        let codes = View<UInt16>(count: part.count)
        Float16Codec.encode(part, power: power, into: codes)
        let received = Floats(count: part.count)
        Float16Codec.decode(codes, power: power, into: received)
        #expect(received.array.map(\.bitPattern) == part.array.map(\.bitPattern))
      }
    }
  }

  @Test func whatIsNotFiniteStaysSo() {
    let values = Floats([1e-9, .infinity, -.infinity, .nan, 1e-9])
    Float16Codec.round(values, power: Float16Codec.power(for: values))
    #expect(values[1] == .infinity && values[2] == -.infinity && values[3].isNaN)
    #expect(abs(values[0] - 1e-9) < 1e-12 && values[4] == values[0])
  }
}
