import Kernels
import Testing

@Suite struct BytesTests {
  @Test func numbersAreLittleEndianAtAnyOffset() {
    let bytes = Bytes(count: 11)
    bytes.store(UInt64(0x0102_0304_0506_0708), at: 3)
    #expect(bytes.array == [0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(bytes.load(UInt64.self, at: 3) == 0x0102_0304_0506_0708)
    #expect(bytes.load(UInt16.self, at: 4) == 0x0607)
    bytes.store(Int32(-2), at: 0)
    #expect(bytes.load(Int32.self, at: 0) == -2)
  }

  @Test func numbersMoveInPieces() {
    let numbers = Floats((0..<100).map { Float($0) * 1.5 })
    let copy = Floats(count: 100)
    for start in stride(from: 0, to: 400, by: 7) {
      let count = min(7, 400 - start)
      let bytes = Bytes(count: 9)
      bytes.copy(from: numbers, bytesFrom: start, byteCount: count, at: 2)
      bytes.copy(to: copy, bytesFrom: start, byteCount: count, at: 2)
    }
    #expect(copy.array == numbers.array)
  }

  @Test func boundsAreKept() async {
    await #expect(processExitsWith: .failure) {
      _ = Bytes(count: 7).load(UInt64.self, at: 0)
    }
    await #expect(processExitsWith: .failure) {
      Bytes(count: 8).copy(from: Floats(count: 2), bytesFrom: 4, byteCount: 5, at: 0)
    }
    await #expect(processExitsWith: .failure) {
      Bytes(count: 8).copy(to: Floats(count: 2), bytesFrom: 0, byteCount: 8, at: 1)
    }
  }
}
