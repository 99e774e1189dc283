import Kernels
import Testing

@testable import Optimization

@Suite struct StoreCaptureTests {
  private func bits(of view: Floats) -> [UInt32] { view.array.map(\.bitPattern) }

  /// What a capture gives while steps run is what the store held when it began, and the steps come
  /// out as they do without one.
  @Test(arguments: ParameterStoreTests.rules, [1, 4])
  func aCaptureBesideStepsIsTheStoreAtItsBeginning(rule: UpdateRule, chunks: Int) {
    let scene = StoreScene(rule: rule)
    let (store, alone) = (scene.store(), scene.store())
    let capture = store.reserveCapture()
    let width = store.rows.rawWidth
    let taken = Floats(count: StoreScene.rowCount * width)
    var step = 0
    for length in [40, 45, 38] {
      scene.run(store, steps: step..<step + length, chunks: chunks)
      step += length
      let before = [store.rows.memory, store.dense.weights, store.dense.state, store.statistics]
        .map(bits)
      capture.begin()
      // Thirty rows after each of ten steps; one of these changes every row.
      for first in stride(from: 0, to: StoreScene.rowCount, by: 30) {
        scene.run(store, steps: step..<step + 1, chunks: chunks)
        step += 1
        capture.take(from: first, into: taken.slice(first * width, 30 * width))
      }
      capture.close()
      #expect(bits(of: taken) == before[0])
      #expect(bits(of: capture.weights) == before[1])
      #expect(bits(of: capture.denseState) == before[2])
      #expect(bits(of: capture.statistics) == before[3])
      #expect(capture.version == step - 10)
      #expect(capture.keptBytes > 0 && capture.keptBytes <= taken.count * 4)
      capture.release()
    }
    scene.run(alone, steps: 0..<step)
    #expect(bits(of: alone.rows.memory) == bits(of: store.rows.memory))
    #expect(bits(of: alone.dense.weights) == bits(of: store.dense.weights))
  }

  @Test func rowsThatAreReplacedAreKeptWhenAnnounced() {
    let store = StoreScene(rule: .adam()).store()
    let capture = store.reserveCapture()
    #expect(store.reserveCapture() === capture)
    let width = store.rows.rawWidth
    let before = bits(of: store.rows.memory)
    capture.begin()
    let ids = View<UInt32>([7, 299])
    store.keep(ids)
    store.rows.restoreRaw(ids, from: Floats(count: 2 * width))
    let taken = Floats(count: StoreScene.rowCount * width)
    capture.take(from: 0, into: taken)
    #expect(bits(of: taken) == before)
    #expect(capture.keptBytes == 2 * width * 4)
  }
}
