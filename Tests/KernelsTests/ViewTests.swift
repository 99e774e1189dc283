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

  @Test func accessOutsideTraps() async {
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3)[3] }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3)[-1] }
    await #expect(processExitsWith: .failure) { Floats(count: 0)[0] = 1 }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3).slice(1, 3) }
    await #expect(processExitsWith: .failure) { _ = Floats(count: 3).slice(2, -1) }
    await #expect(processExitsWith: .failure) {
      Floats(count: 3).copy(from: Floats(count: 2))
    }
  }
}
