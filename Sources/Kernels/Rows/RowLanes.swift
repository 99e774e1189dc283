/// As many weights as are worked on at once: three registers, whose chains of dependent operations
/// hide each other's waiting. A row of 17 weights is one.
///
/// `SIMD32` would say the same, but the compiler takes its operations apart.
struct RowLanes {
  var low: Octet
  var middle: Octet
  var high: Octet

  static var scalarCount: Int { 24 }

  @inline(__always)
  init(_ low: Octet, _ middle: Octet, _ high: Octet) {
    self.low = low
    self.middle = middle
    self.high = high
  }

  @inline(__always)
  init(repeating value: Float) {
    let octet = Octet(repeating: value)
    self.init(octet, octet, octet)
  }

  subscript(_ lane: Int) -> Float {
    get { lane < 8 ? low[lane] : lane < 16 ? middle[lane - 8] : high[lane - 16] }
    set {
      if lane < 8 {
        low[lane] = newValue
      } else if lane < 16 {
        middle[lane - 8] = newValue
      } else {
        high[lane - 16] = newValue
      }
    }
  }

  /// A function of eight numbers applied to all.
  @inline(__always)
  private func map(_ function: (Octet) -> Octet) -> RowLanes {
    RowLanes(function(low), function(middle), function(high))
  }

  @inline(__always)
  private func with(_ other: RowLanes, _ function: (Octet, Octet) -> Octet) -> RowLanes {
    RowLanes(
      function(low, other.low), function(middle, other.middle), function(high, other.high))
  }
}

extension RowLanes {
  @inline(__always)
  static func + (a: RowLanes, b: RowLanes) -> RowLanes { a.with(b) { $0 + $1 } }
  @inline(__always)
  static func - (a: RowLanes, b: RowLanes) -> RowLanes { a.with(b) { $0 - $1 } }
  @inline(__always)
  static func * (a: RowLanes, b: RowLanes) -> RowLanes { a.with(b) { $0 * $1 } }
  @inline(__always)
  static func / (a: RowLanes, b: RowLanes) -> RowLanes { a.with(b) { $0 / $1 } }
  @inline(__always)
  static prefix func - (a: RowLanes) -> RowLanes { a.map { -$0 } }
  @inline(__always)
  static func * (a: RowLanes, b: Float) -> RowLanes { a * RowLanes(repeating: b) }
  @inline(__always)
  static func + (a: RowLanes, b: Float) -> RowLanes { a + RowLanes(repeating: b) }
  @inline(__always)
  static func / (a: Float, b: RowLanes) -> RowLanes { RowLanes(repeating: a) / b }
  @inline(__always)
  static func += (a: inout RowLanes, b: RowLanes) { a = a + b }
  @inline(__always)
  static func *= (a: inout RowLanes, b: Float) { a = a * b }

  /// self + a·b, rounded once.
  @inline(__always)
  func addingProduct(_ a: RowLanes, _ b: RowLanes) -> RowLanes {
    RowLanes(
      low.addingProduct(a.low, b.low), middle.addingProduct(a.middle, b.middle),
      high.addingProduct(a.high, b.high))
  }

  @inline(__always)
  mutating func addProduct(_ a: RowLanes, _ b: RowLanes) { self = addingProduct(a, b) }

  @inline(__always)
  var roots: RowLanes { map { $0.roots } }
  @inline(__always)
  var magnitude: RowLanes { map { $0.magnitude } }
  @inline(__always)
  func atMost(_ ceiling: Float) -> RowLanes { map { $0.atMost(ceiling) } }
  /// The numbers, but 0 where they are smaller than `floor`.
  @inline(__always)
  func without(below floor: Float) -> RowLanes {
    map { $0.replacing(with: 0, where: $0.magnitude .< Octet(repeating: floor)) }
  }
  /// eˣ − 1 for −16 ≤ x ≤ 0 (less counts as −16), to single precision near 0 and to 1e-6 beyond −4.
  @inline(__always)
  var growthByExponential: RowLanes {
    map { x in
      let y = x.atLeast(-16) * (1.0 / 16)
      var sum = Octet(repeating: 1.0 / 720)
      sum = Octet(repeating: 1.0 / 120).addingProduct(sum, y)
      sum = Octet(repeating: 1.0 / 24).addingProduct(sum, y)
      sum = Octet(repeating: 1.0 / 6).addingProduct(sum, y)
      sum = Octet(repeating: 0.5).addingProduct(sum, y)
      var grown = y.addingProduct(y * y, sum)
      // (1 + g)² − 1 = g(2 + g), four times.
      for _ in 0..<4 { grown = (grown + grown).addingProduct(grown, grown) }
      return grown
    }
  }
  /// eˣ.
  static func exp(_ x: RowLanes) -> RowLanes { x.map(VectorMath.exp) }
}

/// A truth for each lane.
struct RowMask {
  typealias Mask = SIMDMask<SIMD8<Int32>>
  var low: Mask
  var middle: Mask
  var high: Mask

  @inline(__always)
  var isAnywhere: Bool { any(low .| middle .| high) }
  @inline(__always)
  var isEverywhere: Bool { all(low .& middle .& high) }
  @inline(__always)
  static func .& (a: RowMask, b: RowMask) -> RowMask {
    RowMask(low: a.low .& b.low, middle: a.middle .& b.middle, high: a.high .& b.high)
  }
  @inline(__always)
  static func .| (a: RowMask, b: RowMask) -> RowMask {
    RowMask(low: a.low .| b.low, middle: a.middle .| b.middle, high: a.high .| b.high)
  }
}

extension RowLanes {
  @inline(__always)
  static func .> (a: RowLanes, b: RowLanes) -> RowMask {
    RowMask(low: a.low .> b.low, middle: a.middle .> b.middle, high: a.high .> b.high)
  }
  @inline(__always)
  static func .> (a: RowLanes, b: Float) -> RowMask { a .> RowLanes(repeating: b) }
  @inline(__always)
  static func .<= (a: RowLanes, b: Float) -> RowMask {
    let b = Octet(repeating: b)
    return RowMask(low: a.low .<= b, middle: a.middle .<= b, high: a.high .<= b)
  }
  @inline(__always)
  static func .== (a: RowLanes, b: Float) -> RowMask {
    let b = Octet(repeating: b)
    return RowMask(low: a.low .== b, middle: a.middle .== b, high: a.high .== b)
  }

  /// Takes the lanes of `other` where the mask says so.
  @inline(__always)
  mutating func replace(with other: RowLanes, where mask: RowMask) {
    low.replace(with: other.low, where: mask.low)
    middle.replace(with: other.middle, where: mask.middle)
    high.replace(with: other.high, where: mask.high)
  }

  /// The first `count` numbers from memory; the others are `filler`.
  @inline(__always)
  static func load(
    _ address: UnsafePointer<Float>, _ count: Int, filler: Float = 0
  ) -> RowLanes {
    var lanes = RowLanes(repeating: filler)
    unsafe lanes.low = .load(address, count, filler: filler)
    if count > 8 { unsafe lanes.middle = .load(address + 8, count &- 8, filler: filler) }
    if count > 16 { unsafe lanes.high = .load(address + 16, count &- 16, filler: filler) }
    return lanes
  }

  /// Writes the first `count` numbers.
  @inline(__always)
  func store(_ address: UnsafeMutablePointer<Float>, _ count: Int) {
    unsafe low.store(address, count)
    if count > 8 { unsafe middle.store(address + 8, count &- 8) }
    if count > 16 { unsafe high.store(address + 16, count &- 16) }
  }
}
