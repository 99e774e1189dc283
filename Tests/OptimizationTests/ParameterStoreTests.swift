import Kernels
import Testing

@testable import Optimization

/// A small store and random steps for it.
struct StoreScene {
  static let rowCount = 300
  static let width = 19
  static let denseCount = 777
  static let slices = 5

  let rule: UpdateRule

  func store() -> ParameterStore {
    let parts = [
      ParameterPart(
        name: "embedding", offset: 0, width: 18, initialisation: .uniform(bound: 0.01)),
      ParameterPart(
        name: "linear", offset: 18, width: 1,
        initialisation: .normal(standardDeviation: 0.1)),
    ]
    let dense = ParameterPart(
      name: "mlp.weight", offset: 0, width: Self.denseCount, initialisation: .uniform(bound: 0.1))
    return ParameterStore(
      rows: RowTable(rowCount: Self.rowCount, parts: parts, rule: rule, seed: 3),
      dense: DenseParameters(parts: [dense], rule: rule, seed: 3),
      statistics: [0, 0, 1, 1])
  }

  /// The contributions of step `step`; a slice is empty now and then, and most rows rest for long.
  func contributions(step: Int) -> [SliceContribution?] {
    let random = Randomness(seed: 5, purpose: .test, step: UInt64(step))
    let lists = randomLists(
      slices: Self.slices, rowCount: step % 10 == 0 ? Self.rowCount : 20, length: 12,
      seed: UInt64(step))
    return lists.enumerated().map { slice, ids in
      if (step + slice) % 11 == 0 { return nil }
      func numbers(_ count: Int, _ example: Int, _ scale: Float) -> Floats {
        Floats((0..<count).map { scale * random.normal(example: example + slice, lane: $0) })
      }
      return SliceContribution(
        ids: View(ids), rowGradients: numbers(ids.count * Self.width, 0, 1e-5),
        denseGradient: numbers(Self.denseCount, 100, 1e-3),
        batchStatistics: numbers(4, 200, 1), rows: 10)
    }
  }

  /// Runs steps, each phase cut into `chunks` in reverse order.
  func run(_ store: ParameterStore, steps: Range<Int>, chunks: Int = 1) {
    let plan = StepPlan(rowCount: Self.rowCount, slices: Self.slices)
    for step in steps {
      let contributions = contributions(step: step)
      plan.make(contributions.map { $0?.ids ?? View(count: 0) })
      for chunk in (0..<chunks).reversed() { store.catchUp(plan, chunk: chunk, of: chunks) }
      for chunk in (0..<chunks).reversed() {
        store.commit(plan, contributions, chunk: chunk, of: chunks)
      }
      store.finish(contributions)
    }
  }
}

/// All bits of a store, in the canonical order.
func bits(_ store: ParameterStore) -> [UInt32] {
  var all: [UInt32] = []
  store.forEachCanonicalPiece { all += $0.array.map(\.bitPattern) }
  return all
}

@Suite struct ParameterStoreTests {
  static let rules: [UpdateRule] = [
    .adam(), .adam(weightDecay: 0), .adam(weightDecay: 1e-2, decay: .decoupled), .lazyAdam(),
    .sgd(), .sgd(momentum: 0.9, weightDecay: 1e-4),
    dropping(.adam(), 25, 130), dropping(.adam(weightDecay: 1e-2, decay: .decoupled), 130),
    dropping(.lazyAdam(), 25), dropping(.sgd(momentum: 0.9, weightDecay: 1e-4), 25, 26),
  ]

  private static func dropping(_ rule: UpdateRule, _ steps: Int...) -> UpdateRule {
    var rule = rule
    rule.learningRateDrops = steps.map { LearningRateDrop(step: $0, factor: 0.3) }
    return rule
  }

  @Test(arguments: rules)
  func chunksDoNotChangeABit(rule: UpdateRule) {
    let scene = StoreScene(rule: rule)
    let whole = scene.store()
    scene.run(whole, steps: 0..<60)
    for chunks in [2, 3, 5, 7] {
      let cut = scene.store()
      scene.run(cut, steps: 0..<60, chunks: chunks)
      #expect(bits(cut) == bits(whole), "\(chunks) chunks")
    }
  }

  @Test(arguments: rules)
  func peekingLeavesNoTrace(rule: UpdateRule) {
    let scene = StoreScene(rule: rule)
    let store = scene.store()
    scene.run(store, steps: 0..<150)
    let before = store.rows.memory.array.map(\.bitPattern)
    let peeked = Floats(count: StoreScene.rowCount * StoreScene.width)
    let all = View((0..<UInt32(StoreScene.rowCount)).map { $0 })
    store.peek(all, into: peeked)
    _ = bits(store)
    #expect(store.rows.memory.array.map(\.bitPattern) == before)

    // And it shows what catching up would have written.
    let plan = StepPlan(rowCount: StoreScene.rowCount, slices: 1)
    plan.make([all])
    store.catchUp(plan, chunk: 0, of: 1)
    let read = Floats(count: peeked.count)
    store.read(all, into: read)
    #expect(read.array == peeked.array)
  }

  @Test(arguments: rules.filter { $0.kind != .lazyAdam })
  func rowsMoveAsTheDenseVectorDoes(rule: UpdateRule) {
    let scene = StoreScene(rule: rule)
    let store = scene.store()
    let count = StoreScene.rowCount * StoreScene.width
    let dense = DenseParameters(
      parts: [ParameterPart(name: "all", offset: 0, width: count, initialisation: .zeros)],
      rule: rule, seed: 0)
    let all = View((0..<UInt32(StoreScene.rowCount)).map { $0 })
    store.peek(all, into: dense.weights)
    var worst: Float = 0
    for step in 0..<400 {
      scene.run(store, steps: step..<step + 1)
      let gradient = Floats(count: count)
      for contribution in scene.contributions(step: step) {
        guard let contribution else { continue }
        for (place, id) in contribution.ids.array.enumerated() {
          for lane in 0..<StoreScene.width {
            gradient[Int(id) * StoreScene.width + lane] +=
              contribution.rowGradients[place * StoreScene.width + lane]
          }
        }
      }
      dense.apply(gradient: gradient, range: 0..<count, step: step + 1)
      guard step % 40 == 39 else { continue }
      let rows = Floats(count: count)
      store.peek(all, into: rows)
      for index in 0..<count { worst = max(worst, abs(rows[index] - dense.weights[index])) }
    }
    print("rows against the dense vector, \(rule): largest difference \(worst)")
    // The smaller the steps, the more alike the dense vector's own roundings are.
    #expect(worst <= (rule.learningRateDrops.isEmpty ? 1e-6 : 2e-6))
  }

  @Test func sumsInTheFixedTree() {
    // In the tree 1e8 meets its opposite before the small numbers meet either; from left to right
    // they would be lost one by one.
    let values: [Float?] = [1e8, -1e8, 3, nil, 1]
    let vectors = values.map { $0.map { Floats([Float](repeating: $0, count: 1000)) } }
    let total = Floats(count: 1000)
    GradientTree.sum(vectors, range: 0..<1000, into: total)
    #expect(total.array == [Float](repeating: (1e8 + -1e8) + (3 + 1), count: 1000))

    // Here (1e8 + 1) + (−1e8 + 1) loses both ones; from left to right the last would stay.
    let rounded: [Float] = [1e8, 1, -1e8, 1]
    GradientTree.sum(
      rounded.map { Floats([Float](repeating: $0, count: 1000)) }, range: 0..<1000, into: total)
    #expect(total[0] == 0)
  }

  @Test(arguments: [4, 5, 6])
  func subtreesSummedElsewhereGiveTheSameBits(slices: Int) {
    let random = Randomness(seed: 9, purpose: .test)
    let vectors: [Floats?] = (0..<slices).map { slice in
      Floats((0..<100).map { random.normal(example: slice, lane: $0) })
    }
    let whole = Floats(count: 100)
    GradientTree.sum(vectors, range: 0..<100, into: whole)
    let left = Floats(count: 100)
    GradientTree.sum(Array(vectors[..<(slices / 2)]), range: 0..<100, into: left)
    var given: [Floats?] = vectors
    for slice in 0..<(slices / 2) { given[slice] = nil }
    given[0] = left
    let total = Floats(count: 100)
    GradientTree.sum(given, range: 0..<100, into: total)
    #expect(total.array == whole.array)
  }

  @Test func averagesStatisticsOverSlicesWithExamples() {
    let store = StoreScene(rule: .adam()).store()
    func slice(_ value: Float, rows: Int, slices: Int = 1) -> SliceContribution {
      SliceContribution(
        ids: View(count: 0), rowGradients: View(count: 0),
        denseGradient: Floats(count: StoreScene.denseCount),
        batchStatistics: Floats([value, 0, 0, value]), rows: rows, sliceCount: slices)
    }
    store.finish([slice(1, rows: 5), slice(100, rows: 0), nil, slice(5, rows: 5, slices: 2), nil])
    #expect(store.version == 1)
    let expected: [Float] = [0.2, 0, 0.9, 0.9 + 0.2]
    for (ours, wanted) in zip(store.statistics.array, expected) {
      #expect(abs(ours - wanted) < 1e-6)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func refusesWhatIsNotFinite(value: Float) throws {
    let store = StoreScene(rule: .adam()).store()
    let good = try #require(StoreScene(rule: .adam()).contributions(step: 1)[0])
    try store.validate(good, step: 7, slice: 2)
    good.batchStatistics[3] = value
    expectRefusal(store, good, .statistic(index: 3))
    good.denseGradient[700] = value
    expectRefusal(store, good, .dense(index: 700, part: "mlp.weight"))
    good.rowGradients[3 * StoreScene.width + 18] = value
    expectRefusal(store, good, .row(id: good.ids[3], lane: 18))
  }

  private func expectRefusal(
    _ store: ParameterStore, _ contribution: SliceContribution, _ place: GradientError.Place
  ) {
    #expect(throws: GradientError(step: 7, slice: 2, place: place)) {
      try store.validate(contribution, step: 7, slice: 2)
    }
  }
}
