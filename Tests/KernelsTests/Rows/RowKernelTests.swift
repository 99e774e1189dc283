import Testing

@testable import Kernels

/// Sums of gradients over slices, and steps made with them; the other loops over rows are tested
/// with the table of rows.
@Suite struct RowKernelTests {
  private static let rowCount = 60
  /// Not a whole number of octets.
  private static let width = 11

  /// The rows and gradients of the slices of one step.
  private struct Scene {
    let lists: [View<UInt32>]
    let gradients: [Floats?]

    /// About half of the rows in each slice; those in `empty` have none.
    init(slices: Int, empty: Set<Int> = []) {
      let random = Randomness(seed: 6, purpose: .test)
      lists = (0..<slices).map { slice in
        let ids = (0..<UInt32(RowKernelTests.rowCount)).filter {
          random.word(example: slice, lane: Int($0)) % 2 == 0 && !empty.contains(slice)
        }
        // Each slice has an order of its own.
        return View(ids.sorted { ($0 &* 37) % 64 < ($1 &* 37) % 64 })
      }
      gradients = lists.enumerated().map { slice, ids in
        empty.contains(slice)
          ? nil
          : Floats(
            (0..<ids.count * RowKernelTests.width).map {
              random.normal(example: 99 + slice, lane: $0)
            })
      }
    }
  }

  private func kernel(_ rule: RowRule) -> RowKernel {
    RowKernel(width: Self.width, schedule: RowSchedule(rule))
  }

  private static let rules: [RowRule] = [
    .adam(
      AdamRule(
        learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, coupledDecay: 1e-4,
        decoupledDecay: 0)),
    .linear(LinearRule(learningRate: 0.1, momentum: 0.9, coupledDecay: 1e-4, decoupledDecay: 0)),
  ]

  /// The different ids of lists and their places.
  private func merge(
    _ lists: [View<UInt32>]
  ) -> (ids: View<UInt32>, positions: View<Int32>) {
    let total = lists.reduce(0) { $0 + $1.count }
    let (ids, positions) = (View<UInt32>(count: total), View<Int32>(count: total * lists.count))
    let count = StampTable(idCount: Self.rowCount).merge(
      lists, unique: ids, positions: positions)
    return (ids.slice(0, count), positions.slice(0, count * lists.count))
  }

  /// The definition: sum(lo, hi) = sum(lo, mid) + sum(mid, hi), absent slices left out.
  private func plain(_ values: [Float?], _ low: Int, _ high: Int) -> Float? {
    if high - low == 1 { return values[low] }
    let middle = (low + high) / 2
    let (left, right) = (plain(values, low, middle), plain(values, middle, high))
    guard let left else { return right }
    guard let right else { return left }
    return left + right
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 13], [[], [0], [1, 2]] as [Set<Int>])
  func sumsInTheOneOrder(slices: Int, empty: Set<Int>) {
    let scene = Scene(slices: slices, empty: empty)
    let (ids, positions) = merge(scene.lists)
    let kernel = kernel(Self.rules[0])
    let total = Floats(Array(repeating: .nan, count: ids.count * Self.width))
    // In two pieces, as threads would share it.
    for range in [ids.count / 3..<ids.count, 0..<ids.count / 3] {
      kernel.sum(range: range, positions: positions, slices: slices, into: total) {
        scene.gradients[$0]
      }
    }
    let expected = (0..<total.count).map { element -> Float? in
      let (row, lane) = (element / Self.width, element % Self.width)
      let values = (0..<slices).map { slice -> Float? in
        let place = Int(positions[row * slices + slice])
        return place < 0 ? nil : scene.gradients[slice]?[place * Self.width + lane]
      }
      return plain(values, 0, slices)
    }
    #expect(total.array.map(\.bitPattern) == expected.map { ($0 ?? .nan).bitPattern })
  }

  /// Rows outside the range stay as they are, and so does a row that no slice has.
  @Test func whatIsNotSummedIsLeft() {
    let gradients = Floats((0..<3 * Self.width).map(Float.init))
    let total = Floats(Array(repeating: 5, count: 4 * Self.width))
    // Rows 0 and 3 are outside; row 1 is the second of slice 0; row 2 is of no slice.
    kernel(Self.rules[0]).sum(
      range: 1..<3, positions: View([0, -1, 1, -1, -1, -1, 2, -1]), slices: 2, into: total
    ) { $0 == 0 ? gradients : nil }
    for row in 0..<4 {
      let expected =
        row == 1
        ? gradients.slice(Self.width, Self.width).array : Array(repeating: 5, count: Self.width)
      #expect(total.slice(row * Self.width, Self.width).array == expected)
    }
  }

  /// What a worker does with a unit, and the owner with the sums of all.
  private func step(_ scene: Scene, _ rule: RowRule, cut: [Range<Int>]?) -> [UInt32] {
    let (kernel, slices) = (kernel(rule), scene.lists.count)
    var (lists, gradients) = (scene.lists, scene.gradients)
    for node in cut ?? [] {
      let (ids, positions) = merge(Array(scene.lists[node]))
      let total = Floats(count: ids.count * Self.width)
      kernel.sum(range: 0..<ids.count, positions: positions, slices: node.count, into: total) {
        scene.gradients[node.lowerBound + $0]
      }
      for slice in node { (lists[slice], gradients[slice]) = (View(count: 0), nil) }
      (lists[node.lowerBound], gradients[node.lowerBound]) = (ids, total)
    }
    let table = Floats(count: Self.rowCount * kernel.layout.stride)
    let random = Randomness(seed: 7, purpose: .test)
    for row in 0..<Self.rowCount {
      for lane in 0..<Self.width {
        table[row * kernel.layout.stride + lane] = random.normal(example: row, lane: lane)
      }
    }
    let (ids, positions) = merge(lists)
    kernel.commit(
      table, ids: ids, range: 0..<ids.count, positions: positions, slices: slices, step: 1
    ) { gradients[$0] }
    return table.array.map(\.bitPattern)
  }

  @Test(
    arguments: [
      (4, [0..<4]), (4, [0..<2, 2..<4]), (4, [0..<2, 2..<3, 3..<4]),
      (4, [0..<1, 1..<2, 2..<3, 3..<4]), (5, [0..<2, 2..<5]), (5, [0..<5]),
      (8, [0..<4, 4..<6, 6..<7, 7..<8]),
    ] as [(Int, [Range<Int>])], [[], [0], [2, 3]] as [Set<Int>])
  func sumsOfNodesMakeTheStepOfTheirSlices(tree: (slices: Int, cut: [Range<Int>]), empty: Set<Int>)
  {
    let scene = Scene(slices: tree.slices, empty: empty)
    for rule in Self.rules {
      #expect(step(scene, rule, cut: tree.cut) == step(scene, rule, cut: nil))
    }
  }

  /// The test above could not fail if the order of a sum changed no bit.
  @Test func rangesThatAreNoNodesMakeOtherBits() {
    let scene = Scene(slices: 4)
    #expect(
      step(scene, Self.rules[1], cut: [0..<1, 1..<3, 3..<4])
        != step(scene, Self.rules[1], cut: nil))
  }

  @Test func whatLiesOutsideTraps() async {
    await #expect(processExitsWith: .failure) {
      RowKernelTests.sum(positions: [0], room: 2)
    }
    await #expect(processExitsWith: .failure) {
      RowKernelTests.sum(positions: [0, 1], room: 1)
    }
    await #expect(processExitsWith: .failure) {
      RowKernelTests.sum(positions: [0, 2], room: 2)
    }
    await #expect(processExitsWith: .success) {
      RowKernelTests.sum(positions: [0, 1], room: 2)
    }
  }

  /// Sums two rows of one slice.
  private static func sum(positions: [Int32], room: Int) {
    let kernel = RowKernel(width: 3, schedule: RowSchedule(rules[1]))
    let gradients = Floats(count: 6)
    kernel.sum(
      range: 0..<2, positions: View(positions), slices: 1, into: Floats(count: 3 * room)
    ) { _ in gradients }
  }
}
