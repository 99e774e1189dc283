import Kernels
import Testing

@Suite struct StorageTests {
  /// Sizes on both sides of two megabytes, from which on memory is mapped apart.
  @Test(arguments: [1, 7, (2 << 18) - 1, 2 << 18, (2 << 18) + 1])
  func memoryIsZeroAndAligned(count: Int) {
    let view = Floats(count: count)
    let address = unsafe UInt(bitPattern: view.pointer)
    #expect(address % 64 == 0)
    #expect(view.array.allSatisfy { $0 == 0 })
    view[0] = 1
    view[count - 1] = 2
    #expect(view[count - 1] == 2)
    #expect(view[0] == (count == 1 ? 2 : 1))
  }

  @Test func aNegativeSizeTraps() async {
    await #expect(processExitsWith: .failure) { _ = Storage<Float>(count: -1) }
  }
}
