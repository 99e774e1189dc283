import Kernels

/// Keys of one field with a number each: how often they occur, or their id.
///
/// Open addressing with linear probing; a slot is key and number side by side, so that a look-up
/// touches one cache line. Key 0 marks an empty slot.
@safe struct ValueTable {
  private var slots: View<SIMD2<UInt64>>
  private(set) var count = 0
  private var shift: UInt64

  /// An empty table with room for at least `capacity` keys before it grows.
  init(capacity: Int = 512) {
    let bits = max(6, Int.bitWidth - (max(capacity, 1) * 2 - 1).leadingZeroBitCount)
    slots = View(count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  @inline(__always)
  private static func place(_ key: UInt64, _ shift: UInt64) -> Int {
    // Fibonacci hashing of a key whose high bits were folded in.
    Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// Adds one to each key's count, `keys` being a column of a block, in which 0 is no value;
  /// returns those that a table cannot hold, because their bytes are long.
  mutating func count(_ keys: View<UInt64>, onLong: (UInt64) -> Void) {
    for row in 0..<keys.count {
      let key = unsafe keys.pointer[row]
      if ValueKey.isLong(key) { onLong(key) } else if key != 0 { add(key, 1) }
    }
  }

  /// Adds to the number of a key.
  @inline(__always)
  mutating func add(_ key: UInt64, _ number: UInt64) {
    let mask = slots.count - 1
    let base = unsafe slots.pointer
    var place = Self.place(key, shift)
    while true {
      let found = unsafe base[place].x
      if found == key {
        unsafe base[place].y &+= number
        return
      }
      if found == 0 { break }
      place = (place + 1) & mask
    }
    unsafe base[place] = SIMD2(key, number)
    count += 1
    if count * 2 > slots.count { grow() }
  }

  /// The number of a key, or nil.
  @inline(__always)
  func number(of key: UInt64) -> UInt64? {
    let mask = slots.count - 1
    let base = unsafe slots.pointer
    var place = Self.place(key, shift)
    while true {
      let slot = unsafe base[place]
      if slot.x == key { return slot.y }
      if slot.x == 0 { return nil }
      place = (place + 1) & mask
    }
  }

  /// All keys with their numbers, in no order.
  var entries: [(key: UInt64, number: UInt64)] {
    var result: [(key: UInt64, number: UInt64)] = []
    result.reserveCapacity(count)
    for place in 0..<slots.count where slots[place].x != 0 {
      result.append((slots[place].x, slots[place].y))
    }
    return result
  }

  private mutating func grow() {
    let old = slots
    // Large tables grow by four: fewer moves, and the counts of big fields dominate.
    slots = View(count: old.count * (old.count < 1 << 16 ? 4 : 2))
    shift = UInt64(slots.count.leadingZeroBitCount + 1)
    let mask = slots.count - 1
    for index in 0..<old.count where old[index].x != 0 {
      var place = Self.place(old[index].x, shift)
      while slots[place].x != 0 { place = (place + 1) & mask }
      slots[place] = old[index]
    }
  }
}
