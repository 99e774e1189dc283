import Testing

@testable import Kernels

@Suite struct RowClipTests {
  private static let width = 11
  /// An embedding and a first-order weight.
  private static let parts = [0..<10, 10..<11]

  /// The definition in double precision.
  private static func plain(
    _ clip: RowClip, _ gradient: [Double], _ weights: [Double], count: Int
  ) -> [Double] {
    var result = gradient
    for part in clip.parts {
      func length(_ vector: [Double]) -> Double {
        part.reduce(0) { $0 + vector[$1] * vector[$1] }.squareRoot()
      }
      let limit = Double(count) * max(clip.ratio * length(weights), clip.floor)
      if length(gradient) > limit {
        for lane in part { result[lane] *= limit / length(gradient) }
      }
    }
    return result
  }

  private static func kernel(_ clip: RowClip?, decay: Double = 0.25) -> RowKernel {
    RowKernel(
      width: width,
      schedule: RowSchedule(
        .linear(
          LinearRule(learningRate: 1, momentum: 0, coupledDecay: decay, decoupledDecay: 0))),
      clip: clip)
  }

  /// Rows of three slices with the numbers of their occurrences, and one step of gradient descent.
  private struct Scene {
    let ids = View<UInt32>([0, 1, 2, 3])
    /// Row 0 is in all slices, row 3 in none.
    let positions = View<Int32>([0, 1, 0, 1, -1, 1, -1, 0, -1, -1, -1, -1])
    let occurrences = [View<Float>([3, 1]), View<Float>([2, 1]), View<Float>([4, 7])]
    let counts = [8, 8, 2, 0]
    let gradients: [Floats]
    let table: Floats

    init(_ kernel: RowKernel, scale: Float) {
      let random = Randomness(seed: 3, purpose: .test)
      gradients = (0..<3).map { slice in
        Floats(
          (0..<2 * RowClipTests.width).map { scale * random.normal(example: slice, lane: $0) })
      }
      table = Floats(count: 4 * kernel.layout.stride)
      for row in 0..<4 {
        for lane in 0..<RowClipTests.width {
          table[row * kernel.layout.stride + lane] = 0.1 * random.normal(example: 9, lane: lane)
        }
      }
    }

    func commit(_ kernel: RowKernel, chunks: [Range<Int>]) {
      for range in chunks {
        kernel.commit(
          table, ids: ids, range: range, positions: positions, slices: 3, step: 1,
          occurrences: { occurrences[$0] }, gradients: { gradients[$0] })
      }
    }
  }

  @Test(arguments: [0.01, 1, 100], [0, 0.3])
  func gradientsAreAsLongAsTheirRowsAllow(scale: Float, floor: Double) {
    let clip = RowClip(ratio: 0.5, floor: floor, parts: Self.parts)
    let kernel = Self.kernel(clip)
    let scene = Scene(kernel, scale: scale)
    let stride = kernel.layout.stride
    let old = scene.table.array.map(Double.init)
    scene.commit(kernel, chunks: [0..<4])
    for row in 0..<4 {
      let weights = (0..<Self.width).map { old[row * stride + $0] }
      let gradient = (0..<Self.width).map { lane in
        (0..<3).reduce(0.0) { sum, slice in
          let place = Int(scene.positions[row * 3 + slice])
          return place < 0
            ? sum : sum + Double(scene.gradients[slice][place * Self.width + lane])
        }
      }
      let bounded = Self.plain(clip, gradient, weights, count: scene.counts[row])
      for lane in 0..<Self.width {
        // The decay comes after the bound; a row without gradient stays as it is.
        let expected =
          row == 3 ? weights[lane] : weights[lane] - bounded[lane] - 0.25 * weights[lane]
        #expect(
          abs(Double(scene.table[row * stride + lane]) - expected) < 2e-6 * (1 + abs(expected)))
      }
    }
  }

  /// What a step is said to be bounded to is what the step does, also from rows that are behind.
  @Test(arguments: [0, 0.25], [0, 5])
  func whatIsTriedIsWhatIsDone(decay: Double, version: Int) {
    let kernel = Self.kernel(RowClip(ratio: 0.5, floor: 1e-3, parts: Self.parts), decay: decay)
    let (scene, width) = (Scene(kernel, scale: 1), Self.width)
    let (sums, counts) = (Floats(count: 4 * width), Floats(count: 4))
    kernel.sum(range: 0..<4, positions: scene.positions, slices: 3, into: sums) {
      scene.gradients[$0]
    }
    RowPlaces.sum(range: 0..<4, positions: scene.positions, slices: 3, into: counts) {
      scene.occurrences[$0]
    }
    #expect(counts.array == scene.counts.map(Float.init))
    let (before, free) = (scene.table.array, sums.array)
    let factors = Floats(count: 4 * width)
    kernel.bound(
      scene.table, ids: scene.ids, range: 0..<4, version: version, counts: counts,
      gradients: sums, factors: factors)
    #expect(scene.table.array.map(\.bitPattern) == before.map(\.bitPattern))
    #expect(zip(zip(free, factors.array), sums.array).allSatisfy { $0.0 * $0.1 == $1 })
    #expect(factors.array.prefix(width).contains { $0 < 1 })
    kernel.catchUp(scene.table, ids: scene.ids, range: 0..<4, version: version)
    let old = scene.table.array
    kernel.commit(
      scene.table, ids: scene.ids, range: 0..<4, positions: scene.positions, slices: 3,
      step: version + 1, occurrences: { scene.occurrences[$0] }, gradients: { scene.gradients[$0] })
    let stride = kernel.layout.stride
    for row in 0..<3 {
      for lane in 0..<width {
        let (weight, sum) = (old[row * stride + lane], sums[row * width + lane])
        let expected = weight.addingProduct(sum.addingProduct(weight, Float(decay)), -1)
        #expect(scene.table[row * stride + lane] == expected)
      }
    }
  }

  /// Without a bound, factors are 1.
  @Test func aKernelWithoutABoundBoundsNothing() {
    let kernel = Self.kernel(nil)
    let scene = Scene(kernel, scale: 1)
    let (sums, factors) = (Floats(count: 4 * Self.width), Floats(count: 4 * Self.width))
    sums.fill(3)
    kernel.bound(
      scene.table, ids: scene.ids, range: 1..<3, version: 0, counts: Floats([1, 1, 1, 1]),
      gradients: sums, factors: factors)
    #expect(sums.array.allSatisfy { $0 == 3 })
    #expect(factors.array.count { $0 == 1 } == 2 * Self.width)
  }

  @Test func whatIsShortEnoughKeepsItsBits() {
    let free = Self.kernel(nil)
    let bounded = Self.kernel(RowClip(ratio: 1, floor: 1e6, parts: Self.parts))
    let (one, other) = (Scene(free, scale: 1), Scene(bounded, scale: 1))
    one.commit(free, chunks: [0..<4])
    other.commit(bounded, chunks: [2..<4, 0..<2])
    #expect(one.table.array.map(\.bitPattern) == other.table.array.map(\.bitPattern))
  }
}
