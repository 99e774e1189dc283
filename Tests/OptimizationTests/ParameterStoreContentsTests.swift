import Kernels
import Testing

@testable import Optimization

@Suite struct ParameterStoreContentsTests {
  /// Rows saved raw and restored into another store go on to the same bits.
  @Test(arguments: ParameterStoreTests.rules)
  func restoredStoresGoOnToTheSameBits(rule: UpdateRule) {
    let scene = StoreScene(rule: rule)
    let original = scene.store()
    scene.run(original, steps: 0..<90)
    let copy = scene.store()
    copyRows(original.rows, copy.rows)
    copy.dense.weights.copy(from: original.dense.weights)
    copy.dense.state.copy(from: original.dense.state)
    copy.statistics.copy(from: original.statistics)
    copy.resume(at: original.version)
    #expect(bits(copy) == bits(original))
    scene.run(original, steps: 90..<120)
    scene.run(copy, steps: 90..<120)
    #expect(bits(copy) == bits(original))
    #expect(
      copy.rows.memory.array.map(\.bitPattern) == original.rows.memory.array.map(\.bitPattern))
  }

  /// The optimizer's numbers of a stretch of the dense vector go to another store, and no others.
  @Test(arguments: ParameterStoreTests.rules)
  func statesOfStretchesAreCopied(rule: UpdateRule) {
    let scene = StoreScene(rule: rule)
    let original = scene.store().dense
    let copy = scene.store().dense
    for index in 0..<original.state.count { original.state[index] = Float(index + 1) }
    let range = 1..<original.count - 1
    copy.setState(of: range, to: original.state(of: range))
    for index in 0..<original.state.count {
      let isInside = range.contains(index % original.count)
      #expect(copy.state[index] == (isInside ? original.state[index] : 0))
    }
    // The same between copies of all numbers.
    let (from, to) = (View(original.state.array), Floats(count: copy.state.count))
    original.state.fill(-1)
    copy.setState(of: range, in: to, to: original.state(of: range, in: from))
    #expect(to.array == copy.state.array)
  }

  /// The canonical order tells apart what means something else, and only that.
  @Test func piecesFollowTheMeaning() {
    let scene = StoreScene(rule: .adam())
    let store = scene.store()
    scene.run(store, steps: 0..<70)
    let before = bits(store)
    let plan = StepPlan(rowCount: StoreScene.rowCount, slices: 1)
    plan.make([View((0..<UInt32(StoreScene.rowCount)).map { $0 })])
    store.catchUp(plan, chunk: 0, of: 1)
    #expect(bits(store) == before)
    store.dense.weights[5] += 1
    #expect(bits(store) != before)
    let width = StoreScene.width * 3 * StoreScene.rowCount
    #expect(before.count == width + 3 * StoreScene.denseCount + 4 + 2)
    #expect(before.suffix(2) == [70, 0])
  }

  private func copyRows(_ source: RowTable, _ target: RowTable) {
    let sections =
      source.parts.indices.map { RowSection.part($0) }
      + (0..<source.rule.stateCount).map { RowSection.state($0) }
    for first in stride(from: 0, to: source.rowCount, by: 128) {
      let range = first..<min(first + 128, source.rowCount)
      let raw = source.raw(first, range.count)
      for section in sections {
        let buffer = Floats(count: range.count * source.width(of: section))
        source.copy(section, ofRaw: raw, into: buffer)
        target.restore(section, rows: range, from: buffer)
      }
      let steps = View<UInt32>(count: range.count)
      source.copyLastSteps(ofRaw: raw, into: steps)
      target.restoreLastSteps(rows: range, from: steps)
    }
  }
}
