/// Sums over slices in the one order that every run uses.
///
///     sum(lo, hi) = sum(lo, mid) + sum(mid, hi),   mid = (lo + hi) / 2
///
/// Slices without a gradient are left out, so the sum of a complete subtree, made elsewhere and
/// given as its first slice, yields the same bits as its slices.
public enum GradientTree {
  /// The gradients of one row or one stretch of a vector, some of them absent.
  @safe
  struct Leaves {
    /// Where each slice's numbers lie; nil where it has none.
    let addresses: UnsafeMutableBufferPointer<UnsafePointer<Float>?>
    /// Room for the partial sums, `width` numbers for every two leaves.
    let scratch: UnsafeMutablePointer<Float>
    /// How many numbers are summed at a time.
    let width: Int

    /// The address of the sum of slices `low ..< high`: a leaf's own, or one in `scratch`; nil
    /// when all are absent.
    func sum(_ low: Int, _ high: Int) -> UnsafePointer<Float>? {
      if high - low == 1 { return unsafe addresses[low] }
      let middle = (low + high) / 2
      guard let left = unsafe sum(low, middle) else { return unsafe sum(middle, high) }
      guard let right = unsafe sum(middle, high) else { return unsafe left }
      // Nodes that are not leaves and do not overlap begin at least two leaves apart.
      let target = unsafe scratch + low / 2 &* width
      var offset = 0
      while offset < width {
        let part = min(8, width &- offset)
        let total = unsafe Octet.load(left + offset, part) + .load(right + offset, part)
        unsafe total.store(target + offset, part)
        offset &+= 8
      }
      return unsafe UnsafePointer(target)
    }
  }

  /// Writes into elements `range` of `total` the sum of that stretch of the vectors; 0 when all
  /// are absent (nil).
  public static func sum(_ vectors: [Floats?], range: Range<Int>, into total: Floats) {
    sum(slices: vectors.count, range: range, into: total) { vectors[$0] }
  }

  /// The same for the vectors that `vector` finds for the slices, which it must not make anew.
  public static func sum(
    slices: Int, range: Range<Int>, into total: Floats, _ vector: (_ slice: Int) -> Floats?
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= total.count, "a range outside the vector")
    // A kilobyte of partial sums lies on the stack; more would be allocated for each call.
    let block = max(8, 256 / max((slices + 1) / 2, 1) & ~7)
    unsafe withScratch(slices: slices, width: block) { addresses, scratch in
      var start = range.lowerBound
      while start < range.upperBound {
        let count = min(block, range.upperBound - start)
        for slice in 0..<slices {
          unsafe addresses[slice] = vector(slice).map { vector in
            precondition(vector.count >= total.count, "a vector shorter than the sum")
            return unsafe UnsafePointer(vector.pointer + start)
          }
        }
        let leaves = unsafe Leaves(addresses: addresses, scratch: scratch, width: count)
        let target = unsafe total.pointer + start
        if let sum = unsafe slices == 0 ? nil : leaves.sum(0, slices) {
          unsafe target.update(from: sum, count: count)
        } else {
          unsafe target.update(repeating: 0, count: count)
        }
        start += count
      }
    }
  }

  /// Lends room for the addresses of `slices` leaves and for their partial sums.
  static func withScratch(
    slices: Int, width: Int,
    _ body: (UnsafeMutableBufferPointer<UnsafePointer<Float>?>, UnsafeMutablePointer<Float>) -> Void
  ) {
    unsafe withUnsafeTemporaryAllocation(
      of: UnsafePointer<Float>?.self, capacity: max(slices, 1)
    ) { addresses in
      unsafe addresses.initialize(repeating: nil)
      let used = unsafe UnsafeMutableBufferPointer(rebasing: addresses.prefix(slices))
      unsafe RoomOnStack.lend(max((slices + 1) / 2, 1) * max(width, 1)) { scratch in
        unsafe body(used, scratch)
      }
    }
  }
}
