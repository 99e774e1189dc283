import Kernels
import Testing

@Suite struct ViewTests {
  @Test func newMemoryIsZero() {
    #expect(Floats(count: 5).array == [0, 0, 0, 0, 0])
    #expect(View<UInt32>(count: 0).array.isEmpty)
    #expect(Floats([]).count == 0)
  }

  @Test func slicesAndCopiesOfAViewShareItsMemory() {
    let view = View<Int32>([1, 2, 3, 4, 5])
    let middle = view.slice(1, 3)
    let same = view
    middle[0] = 20
    same[4] = 50
    #expect(view.array == [1, 20, 3, 4, 50])
    #expect(middle.slice(2, 1).array == [4])
    #expect(view.slice(5, 0).array.isEmpty)
    middle.fill(7)
    #expect(view.array == [1, 7, 7, 7, 50])
  }

  @Test func copyingTakesTheValuesOnly() {
    let source = Floats([1, 2])
    let target = Floats(count: 4)
    target.slice(1, 2).copy(from: source)
    source[0] = 9
    #expect(target.array == [0, 1, 2, 0])
    #expect(source.withSpan { $0[0] + $0[1] } == 11)
  }

  @Test func aSliceKeepsTheMemoryAlive() {
    func tail() -> Floats { Floats((0..<1000).map(Float.init)).slice(998, 2) }
    #expect(tail().array == [998, 999])
  }

  @Test func unfilledMemoryHoldsWhatIsWritten() {
    let view = View<UInt8>(unfilled: 300)
    #expect(view.count == 300)
    for index in 0..<300 { view[index] = UInt8(truncatingIfNeeded: index) }
    #expect(view.array == (0..<300).map { UInt8(truncatingIfNeeded: $0) })
    #expect(View<UInt8>(unfilled: 0).array.isEmpty)
    let address = unsafe UInt(bitPattern: view.pointer)
    #expect(address % 64 == 0)
  }

  /// Counts how often memory came back.
  private final class Returns {
    var count = 0
  }

  @Test func borrowedMemoryIsGivenBackOnceAfterTheLastView() {
    let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 4)
    unsafe memory.initialize(repeating: 7, count: 4)
    let returns = Returns()
    var whole: View<Int32>? = unsafe View(borrowing: memory, count: 4) { returns.count += 1 }
    var part = whole?.slice(1, 2)
    whole?[1] = 9
    let lent = unsafe memory[1]
    #expect(lent == 9, "the memory is the lender's")
    whole = nil
    #expect(returns.count == 0)
    #expect(part?.array == [9, 7])
    part = nil
    #expect(returns.count == 1)
    unsafe memory.deallocate()
  }

  @Test func accessOutsideTraps() async {
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3)[3] }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3)[-1] }
    await #expect(processExitsWith: .failure) { Floats(count: 0)[0] = 1 }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3).slice(1, 3) }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3).slice(2, -1) }
    await #expect(processExitsWith: .failure) {
      Floats(count: 3).copy(from: Floats(count: 2))
    }
    await #expect(processExitsWith: .failure) { _ = Floats(unfilled: 3)[3] }
    await #expect(processExitsWith: .failure) { _ = Floats(unfilled: -1) }
  }
}
