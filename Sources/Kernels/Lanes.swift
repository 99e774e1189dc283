/// The vector of the hand-written loops: one AVX-512 register, or two of AVX2.
typealias Lanes = SIMD16<Float>

/// How many numbers `Lanes` holds.
let laneCount = 16

extension UnsafeMutablePointer<Float> {
  /// The lanes that start at `offset`, aligned or not.
  @inline(__always)
  func lanes(_ offset: Int) -> Lanes {
    unsafe UnsafeRawPointer(self + offset).loadUnaligned(as: Lanes.self)
  }

  /// Writes the lanes that start at `offset`, aligned or not.
  @inline(__always)
  func store(_ lanes: Lanes, _ offset: Int) {
    unsafe UnsafeMutableRawPointer(self + offset).storeBytes(of: lanes, as: Lanes.self)
  }

  /// The first `count` lanes (fewer than all) from `offset` on; the others are 0.
  @inline(__always)
  func partialLanes(_ offset: Int, _ count: Int) -> Lanes {
    var result = Lanes(repeating: 0)
    for lane in 0..<count { result[lane] = unsafe self[offset + lane] }
    return result
  }

  /// Writes the first `count` lanes (fewer than all) from `offset` on.
  @inline(__always)
  func storePartial(_ lanes: Lanes, _ offset: Int, _ count: Int) {
    for lane in 0..<count { unsafe self[offset + lane] = lanes[lane] }
  }
}

/// Calls `body` with (offset, count) for each full vector of `width` numbers and for the rest.
///
/// The body is inlined twice, so that the full vectors know their count at compile time.
@inline(__always)
func forLanes(_ width: Int, _ body: (_ offset: Int, _ count: Int) -> Void) {
  let full = width & ~(laneCount - 1)
  var offset = 0
  while offset < full {
    body(offset, laneCount)
    offset &+= laneCount
  }
  if full < width { body(full, width &- full) }
}

extension UnsafeMutablePointer<Float> {
  /// `lanes` or `partialLanes`, whichever `count` asks for.
  @inline(__always)
  func load(_ offset: Int, _ count: Int) -> Lanes {
    if count == laneCount { return unsafe lanes(offset) }
    return unsafe partialLanes(offset, count)
  }

  /// `store` or `storePartial`, whichever `count` asks for.
  @inline(__always)
  func save(_ lanes: Lanes, _ offset: Int, _ count: Int) {
    if count == laneCount {
      unsafe store(lanes, offset)
    } else {
      unsafe storePartial(lanes, offset, count)
    }
  }
}

extension Lanes {
  /// The lanes whose mask has all bits set; 0 where it has none.
  @inline(__always)
  func masked(_ mask: SIMD16<Int32>) -> Lanes {
    unsafe unsafeBitCast(unsafeBitCast(self, to: SIMD16<Int32>.self) & mask, to: Lanes.self)
  }
}
