/// Inner products of all pairs of a row's vectors, ⟨e_i, e_j⟩ for i < j.
///
/// Pairs run in the order (0,1), (0,2), …, (0,F−1), (1,2), … Source: Qu et al., "Product-based
/// neural networks for user response prediction", ICDM 2016, equation 7.
public struct PairProducts: Sendable {
  /// The number of vectors of a row.
  public let fields: Int
  /// The length of a vector.
  public let width: Int

  /// Products of `fields` vectors of `width` numbers.
  public init(fields: Int, width: Int) {
    precondition(fields >= 2 && width >= 1, "pairs need two vectors of one number at least")
    self.fields = fields
    self.width = width
  }

  /// The number of pairs.
  public var count: Int { fields * (fields - 1) / 2 }

  /// How many numbers of scratch memory `forward` needs.
  public var scratchCount: Int { (width + blockRows(fields)) * span }

  /// The fields, with room for one vector beyond the last.
  private var span: Int { (fields + 3 * laneCount - 1) / laneCount * laneCount }

  private func blockRows(_ count: Int) -> Int { (count + 3) / 4 * 4 }

  /// products[r] ← the inner products of the vectors of row r.
  public func forward(_ embedded: Matrix, scratch: Floats, into products: Matrix) {
    check(embedded, products)
    precondition(scratch.count >= scratchCount, "too little scratch memory for pair products")
    let transposed = unsafe scratch.pointer
    let gram = unsafe transposed + width &* span
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      for field in 0..<fields {
        for lane in 0..<width {
          unsafe transposed[lane &* span &+ field] = vectors[field &* width &+ lane]
        }
      }
      var first = 0
      while first < fields {
        unsafe gramRows(vectors, transposed, first, gram)
        first &+= 4
      }
      unsafe copyPairs(gram, products.row(row))
    }
  }

  /// How many numbers of scratch memory `tangent` needs, and `forward` at most.
  public var tangentScratchCount: Int { 2 * width * (fields + span) + blockRows(fields) * span }

  /// velocity[r] ← ⟨ė_i, e_j⟩ + ⟨e_i, ė_j⟩, how fast the products move when the vectors move as
  /// `motion` says: products of vectors twice as long.
  public func tangent(
    _ embedded: Matrix, along motion: Matrix, scratch: Floats, into velocity: Matrix
  ) {
    check(embedded, velocity)
    motion.check(
      rows: embedded.rows, columns: embedded.columns, "a motion does not fit the vectors")
    precondition(
      scratch.count >= tangentScratchCount, "too little scratch memory for pair products")
    let long = PairProducts(fields: fields, width: 2 * width)
    let left = unsafe scratch.pointer
    let transposed = unsafe left + fields &* long.width
    let gram = unsafe transposed + long.width &* span
    for row in 0..<embedded.rows {
      let (vectors, moving) = unsafe (embedded.row(row), motion.row(row))
      for field in 0..<fields {
        for lane in 0..<width {
          let place = field &* width &+ lane
          unsafe left[field &* long.width &+ lane] = moving[place]
          unsafe left[field &* long.width &+ width &+ lane] = vectors[place]
          unsafe transposed[lane &* span &+ field] = vectors[place]
          unsafe transposed[(width &+ lane) &* span &+ field] = moving[place]
        }
      }
      var first = 0
      while first < fields {
        unsafe long.gramRows(left, transposed, first, gram)
        first &+= 4
      }
      unsafe copyPairs(gram, velocity.row(row))
    }
  }

  /// The part of the Gram matrix right of its diagonal, row after row.
  ///
  /// Whole vectors are copied; what they write beyond a row, the next row overwrites.
  @inline(__always)
  private func copyPairs(
    _ gram: UnsafeMutablePointer<Float>, _ pairs: UnsafeMutablePointer<Float>
  ) {
    var place = 0
    for field in 0..<fields &- 1 {
      let source = unsafe gram + (field &* span &+ field &+ 1)
      let length = fields &- 1 &- field
      var column = 0
      while column < length {
        if place &+ column &+ laneCount <= count {
          unsafe pairs.store(source.lanes(column), place &+ column)
        } else {
          unsafe pairs.storePartial(
            source.lanes(column), place &+ column, min(laneCount, length &- column))
        }
        column &+= laneCount
      }
      place &+= length
    }
  }

  /// Rows `first` to `first + 3` of the Gram matrix, from column `first + 1` on.
  @inline(__always)
  private func gramRows(
    _ vectors: UnsafeMutablePointer<Float>, _ transposed: UnsafeMutablePointer<Float>,
    _ first: Int, _ gram: UnsafeMutablePointer<Float>
  ) {
    // A block beyond the last field repeats it; its rows of the Gram matrix are never read.
    let last = fields &- 1
    let a0 = unsafe vectors + first &* width
    let a1 = unsafe vectors + min(first &+ 1, last) &* width
    let a2 = unsafe vectors + min(first &+ 2, last) &* width
    let a3 = unsafe vectors + min(first &+ 3, last) &* width
    var column = first &+ 1
    while column < fields {
      var s0 = Lanes(repeating: 0)
      var s1 = Lanes(repeating: 0)
      var s2 = Lanes(repeating: 0)
      var s3 = Lanes(repeating: 0)
      for lane in 0..<width {
        let b = unsafe transposed.lanes(lane &* span &+ column)
        unsafe s0.addProduct(b, a0[lane])
        unsafe s1.addProduct(b, a1[lane])
        unsafe s2.addProduct(b, a2[lane])
        unsafe s3.addProduct(b, a3[lane])
      }
      let target = unsafe gram + (first &* span &+ column)
      unsafe target.store(s0, 0)
      unsafe target.store(s1, span)
      unsafe target.store(s2, 2 &* span)
      unsafe target.store(s3, 3 &* span)
      column &+= laneCount
    }
  }

  /// ∂e_i = Σ_(j≠i) g_ij · e_j; added to the old gradient when `accumulate`.
  public func backward(
    _ embedded: Matrix, productGradient: Matrix, into gradient: Matrix, accumulate: Bool
  ) {
    check(embedded, productGradient)
    gradient.check(
      rows: embedded.rows, columns: embedded.columns, "a pair gradient does not fit the vectors")
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      let pairs = unsafe productGradient.row(row)
      let target = unsafe gradient.row(row)
      forLanes(width) { offset, count in
        var first = 0
        while first < fields {
          unsafe gradientRows(
            vectors + offset, pairs, target + offset, first, count, accumulate)
          first &+= 4
        }
      }
    }
  }

  /// Pair (i, j), i < j, is at place `base(i) + j`; may lie before the first pair.
  @inline(__always)
  private func base(_ i: Int) -> Int { i &* (2 &* fields &- i &- 1) / 2 &- i &- 1 }

  /// The gradients of vectors `first` to `first + 3`, in `count` of their elements.
  @inline(__always)
  private func gradientRows(
    _ vectors: UnsafeMutablePointer<Float>, _ pairs: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int, _ accumulate: Bool
  ) {
    if first &+ 4 > fields {
      for field in first..<fields {
        unsafe write(
          gradientRow(vectors, pairs, field, count), field, target, count, accumulate)
      }
      return
    }
    var s0 = Lanes(repeating: 0)
    var s1 = Lanes(repeating: 0)
    var s2 = Lanes(repeating: 0)
    var s3 = Lanes(repeating: 0)
    var factors = unsafe pairs + (base(0) &+ first)
    for field in 0..<first {
      let vector = unsafe vectors.load(field &* width, count)
      unsafe s0.addProduct(vector, factors[0])
      unsafe s1.addProduct(vector, factors[1])
      unsafe s2.addProduct(vector, factors[2])
      unsafe s3.addProduct(vector, factors[3])
      unsafe factors += fields &- field &- 2
    }
    let f0 = unsafe pairs + base(first)
    let f1 = unsafe pairs + base(first &+ 1)
    let f2 = unsafe pairs + base(first &+ 2)
    let f3 = unsafe pairs + base(first &+ 3)
    let v0 = unsafe vectors.load(first &* width, count)
    let v1 = unsafe vectors.load((first &+ 1) &* width, count)
    let v2 = unsafe vectors.load((first &+ 2) &* width, count)
    let v3 = unsafe vectors.load((first &+ 3) &* width, count)
    unsafe s0 += v1 * f0[first &+ 1] + v2 * f0[first &+ 2] + v3 * f0[first &+ 3]
    unsafe s1 += v0 * f0[first &+ 1] + v2 * f1[first &+ 2] + v3 * f1[first &+ 3]
    unsafe s2 += v0 * f0[first &+ 2] + v1 * f1[first &+ 2] + v3 * f2[first &+ 3]
    unsafe s3 += v0 * f0[first &+ 3] + v1 * f1[first &+ 3] + v2 * f2[first &+ 3]
    for field in first &+ 4..<fields {
      let vector = unsafe vectors.load(field &* width, count)
      unsafe s0.addProduct(vector, f0[field])
      unsafe s1.addProduct(vector, f1[field])
      unsafe s2.addProduct(vector, f2[field])
      unsafe s3.addProduct(vector, f3[field])
    }
    unsafe write(s0, first, target, count, accumulate)
    unsafe write(s1, first &+ 1, target, count, accumulate)
    unsafe write(s2, first &+ 2, target, count, accumulate)
    unsafe write(s3, first &+ 3, target, count, accumulate)
  }

  /// The gradient of one vector: those beyond the last block of four.
  @inline(__always)
  private func gradientRow(
    _ vectors: UnsafeMutablePointer<Float>, _ pairs: UnsafeMutablePointer<Float>, _ field: Int,
    _ count: Int
  ) -> Lanes {
    var sum = Lanes(repeating: 0)
    for other in 0..<fields where other != field {
      let place = base(min(field, other)) &+ max(field, other)
      unsafe sum.addProduct(vectors.load(other &* width, count), pairs[place])
    }
    return sum
  }

  @inline(__always)
  private func write(
    _ sum: Lanes, _ field: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    _ accumulate: Bool
  ) {
    guard field < fields else { return }
    let old = accumulate ? unsafe target.load(field &* width, count) : Lanes(repeating: 0)
    unsafe target.save(old + sum, field &* width, count)
  }

  private func check(_ embedded: Matrix, _ products: Matrix) {
    precondition(embedded.columns == fields * width, "the vectors do not fit the pair products")
    products.check(rows: embedded.rows, columns: count, "the pairs do not fit their matrix")
  }
}
