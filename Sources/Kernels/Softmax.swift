/// The softmax of vectors that follow each other, each with room for whole octets.
public enum Softmax {
  /// values ← e^values / Σ e^values over the first `count` of each vector; what follows becomes 0.
  public static func forward(_ values: Floats, count: Int, vectors: Int = 1) {
    check(values, count, vectors)
    let end = Octet.padded(count)
    unsafe pad(values.pointer, count, end, vectors, with: -.infinity)
    for vector in 0..<vectors {
      let start = unsafe values.pointer + vector &* end
      var highest = Octet(repeating: -.infinity)
      for place in stride(from: 0, to: end, by: 8) {
        let octet = unsafe Octet.load(start + place, 8)
        highest = highest.replacing(with: octet, where: octet .> highest)
      }
      let shift = highest.highest
      let factor = unsafe 1 / powers(start, end, shift).sum()
      for place in stride(from: 0, to: end, by: 8) {
        unsafe (Octet.load(start + place, 8) * factor).store(start + place, 8)
      }
    }
  }

  /// values ← e^(values − shift) and their sum, for whole octets: in few lines of its own, or the
  /// compiler takes the function for too long to have the exponential inside.
  private static func powers(
    _ values: UnsafeMutablePointer<Float>, _ count: Int, _ shift: Float
  ) -> Octet {
    var sum = Octet(repeating: 0)
    for place in stride(from: 0, to: count, by: 8) {
      let power = unsafe VectorMath.exp(Octet.load(values + place, 8) - shift)
      sum += power
      unsafe power.store(values + place, 8)
    }
    return sum
  }

  /// gradient ← p ∘ (gradient − ⟨p, gradient⟩) for each vector, with p what `forward` made.
  public static func backward(_ p: Floats, count: Int, gradient: Floats, vectors: Int = 1) {
    check(p, count, vectors)
    check(gradient, count, vectors)
    let end = Octet.padded(count)
    unsafe pad(gradient.pointer, count, end, vectors, with: 0)
    for vector in 0..<vectors {
      let shares = unsafe p.pointer + vector &* end
      let start = unsafe gradient.pointer + vector &* end
      var sum = Octet(repeating: 0)
      for place in stride(from: 0, to: end, by: 8) {
        unsafe sum.addProduct(Octet.load(shares + place, 8), Octet.load(start + place, 8))
      }
      let mean = sum.sum()
      for place in stride(from: 0, to: end, by: 8) {
        let slope = unsafe Octet.load(shares + place, 8) * (Octet.load(start + place, 8) - mean)
        unsafe slope.store(start + place, 8)
      }
    }
  }

  /// Fills what follows each vector: of all before the first is read, for memory that was written
  /// in small pieces is not read at once in a large one.
  private static func pad(
    _ values: UnsafeMutablePointer<Float>, _ count: Int, _ end: Int, _ vectors: Int,
    with filler: Float
  ) {
    for vector in 0..<vectors {
      for place in count..<end { unsafe values[vector &* end &+ place] = filler }
    }
  }

  private static func check(_ values: Floats, _ count: Int, _ vectors: Int) {
    precondition(
      count >= 1 && vectors >= 0 && values.count >= vectors * Octet.padded(count),
      "a softmax needs one number, and room for whole octets")
  }
}

extension Octet {
  /// The largest lane, of lanes that are all numbers.
  @inline(__always)
  fileprivate var highest: Float {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return Swift.max(two[0], two[1])
  }
}
