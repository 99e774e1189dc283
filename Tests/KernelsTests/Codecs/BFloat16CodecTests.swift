import Kernels
import Testing

@Suite struct BFloat16CodecTests {
  @Test func allCodesAreReadAndWrittenAgain() {
    let codes = View<UInt16>((0...UInt16.max).map { $0 })
    let values = Floats(count: codes.count)
    BFloat16Codec.decode(codes, into: values)
    let again = View<UInt16>(count: codes.count)
    BFloat16Codec.encode(values, into: again)
    let rounded = Floats(values.array)
    BFloat16Codec.round(rounded)
    for code in 0..<codes.count {
      #expect(values[code].bitPattern == UInt32(code) << 16)
      if values[code].isNaN {
        #expect(Float(bitPattern: UInt32(again[code]) << 16).isNaN && rounded[code].isNaN)
      } else {
        #expect(Int(again[code]) == code)
        #expect(rounded[code].bitPattern == values[code].bitPattern)
      }
    }
  }

  @Test(
    arguments: [
      (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
      (0x3F81_8000, 0x3F82), (0xBF81_8000, 0xBF82), (0x8000_0000, 0x8000), (0x0000_8001, 0x0001),
      (0x7F7F_FFFF, 0x7F80), (0xFF80_0000, 0xFF80), (0x7F80_0001, 0x7FC0), (0xFFFF_FFFF, 0xFFFF),
    ] as [(UInt32, UInt16)])
  func roundsToTheNearestAndTiesToEven(bits: UInt32, code: UInt16) {
    let values = Floats([Float(bitPattern: bits)])
    let codes = View<UInt16>(count: 1)
    BFloat16Codec.encode(values, into: codes)
    #expect(codes[0] == code)
    BFloat16Codec.round(values)
    #expect(values[0].bitPattern == UInt32(code) << 16)
  }
}
