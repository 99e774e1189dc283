import Kernels
import Testing

@Suite struct GradientTreeTests {
  /// The definition: sum(lo, hi) = sum(lo, mid) + sum(mid, hi), absent slices left out.
  private func plain(_ values: ArraySlice<Float?>) -> Float? {
    if values.count == 1 { return values.first ?? nil }
    let middle = (values.startIndex + values.endIndex) / 2
    let (left, right) = (plain(values[..<middle]), plain(values[middle...]))
    guard let left else { return right }
    guard let right else { return left }
    return left + right
  }

  /// Vectors of slices, of which those in `absent` are missing.
  private func vectors(_ slices: Int, length: Int, absent: Set<Int>) -> [Floats?] {
    let random = Randomness(seed: 2, purpose: .test)
    return (0..<slices).map { slice in
      absent.contains(slice)
        ? nil : Floats((0..<length).map { random.normal(example: slice, lane: $0) })
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 13], [[], [0], [1], [0, 1], [2, 4]] as [Set<Int>])
  func sumsInTheOneOrder(slices: Int, absent: Set<Int>) {
    // Longer than a block, and no whole number of octets.
    let length = 1100
    let vectors = vectors(slices, length: length, absent: absent)
    let total = Floats(Array(repeating: Float.nan, count: length))
    GradientTree.sum(vectors, range: 0..<length, into: total)
    let expected = (0..<length).map { element in
      plain(vectors.map { $0?[element] }[...]) ?? 0
    }
    #expect(total.array == expected)
  }

  @Test func aRangeIsSummedAndTheRestIsLeft() {
    let vectors = vectors(3, length: 40, absent: [])
    let total = Floats(count: 40)
    let whole = Floats(count: 40)
    GradientTree.sum(vectors, range: 0..<40, into: whole)
    GradientTree.sum(vectors, range: 7..<31, into: total)
    let expected = (0..<40).map { (7..<31).contains($0) ? whole[$0] : 0 }
    #expect(total.array == expected)
  }

  /// A worker with a whole subtree sends its sum as the first of its slices.
  @Test func aSubtreeSummedElsewhereGivesTheSameBits() {
    let vectors = vectors(4, length: 100, absent: [])
    let whole = Floats(count: 100)
    GradientTree.sum(vectors, range: 0..<100, into: whole)
    let subtree = Floats(count: 100)
    GradientTree.sum(Array(vectors[2...]), range: 0..<100, into: subtree)
    let total = Floats(count: 100)
    GradientTree.sum([vectors[0], vectors[1], subtree, nil], range: 0..<100, into: total)
    #expect(total.array == whole.array)
  }
}
