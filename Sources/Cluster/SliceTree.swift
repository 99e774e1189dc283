/// The fixed binary tree over the slices of a step, in which gradients are summed:
///
///     sum(lo, hi) = sum(lo, mid) + sum(mid, hi),   mid = (lo + hi) / 2
///
/// Who has all slices of a node may sum them alone: the bits are the same.
public enum SliceTree {
  /// Whether `range` is a node of the tree over `count` slices.
  public static func isNode(_ range: Range<Int>, of count: Int) -> Bool {
    // Outside of the tree the search below would have no end.
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= count else { return false }
    var node = 0..<count
    while node.count >= range.count {
      if node == range { return true }
      let middle = (node.lowerBound + node.upperBound) / 2
      if range.upperBound <= middle {
        node = node.lowerBound..<middle
      } else if range.lowerBound >= middle {
        node = middle..<node.upperBound
      } else {
        return false
      }
    }
    return false
  }

  /// The fewest nodes that make up `range`, in order.
  public static func nodes(of range: Range<Int>, in count: Int) -> [Range<Int>] {
    nodes(of: range, below: 0..<count)
  }

  private static func nodes(of range: Range<Int>, below node: Range<Int>) -> [Range<Int>] {
    let common = range.clamped(to: node)
    if common.isEmpty { return [] }
    if common == node { return [node] }
    let middle = (node.lowerBound + node.upperBound) / 2
    return nodes(of: range, below: node.lowerBound..<middle)
      + nodes(of: range, below: middle..<node.upperBound)
  }

  /// How many of `count` slices each of several workers gets, so that the last is done early: each
  /// slice goes where it is done first.
  ///
  /// - Parameters:
  ///   - times: what one slice takes at each worker; in any measure of time, all above 0.
  ///   - trips: what each worker takes beside, if it gets any; nothing when it is left out.
  public static func shares(of count: Int, times: [Double], trips: [Double] = []) -> [Int] {
    precondition(!times.isEmpty && times.allSatisfy { $0 > 0 }, "each worker takes some time")
    precondition(trips.isEmpty || trips.count == times.count, "a trip for each worker, or none")
    var shares = Array(repeating: 0, count: times.count)
    for _ in 0..<count {
      let ends = times.indices.map {
        (trips.isEmpty ? 0 : trips[$0]) + times[$0] * Double(shares[$0] + 1)
      }
      let first = ends.indices.min { ends[$0] < ends[$1] } ?? 0
      shares[first] += 1
    }
    return shares
  }
}
