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
    /// `addresses.count · width` numbers for partial sums.
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
      let target = unsafe scratch + low &* width
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
    precondition(
      range.lowerBound >= 0 && range.upperBound <= total.count, "a range outside the vector")
    for case let vector? in vectors {
      precondition(vector.count >= total.count, "a vector shorter than the sum")
    }
    let block = 512
    unsafe withScratch(slices: vectors.count, width: block) { addresses, scratch in
      var start = range.lowerBound
      while start < range.upperBound {
        let count = min(block, range.upperBound - start)
        for slice in vectors.indices {
          unsafe addresses[slice] = vectors[slice].map { unsafe UnsafePointer($0.pointer + start) }
        }
        let leaves = unsafe Leaves(addresses: addresses, scratch: scratch, width: count)
        let target = unsafe total.pointer + start
        if let sum = unsafe vectors.isEmpty ? nil : leaves.sum(0, vectors.count) {
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
      unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: max(slices * width, 1)) {
        scratch in
        guard let base = scratch.baseAddress else { return }
        unsafe body(used, base)
      }
    }
  }
}
