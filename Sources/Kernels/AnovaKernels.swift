/// The sum of ANOVA kernels, Σ_m Σ_k A_m(e_1k, …, e_Fk) for m = 2 … M.
///
/// A_m is the sum of the products of any m of its numbers. Every vector of a row holds a part of
/// `width` numbers for each order, that of order 2 first, and A_m is taken over the parts of order
/// m. By dynamic programming, a_(j,t) = a_(j−1,t) + e_j a_(j−1,t−1). Source: Blondel, Fujino, Ueda
/// and Ishihata, "Higher-order factorization machines", NIPS 2016, algorithms 1 and 2.
public struct AnovaKernels: Sendable {
  /// The number of vectors of a row.
  public let fields: Int
  /// The length of the part of a vector that belongs to one order.
  public let width: Int
  /// The highest order M.
  public let order: Int

  /// Kernels of the orders 2 to `order`.
  public init(fields: Int, width: Int, order: Int) {
    precondition(fields >= 1 && width >= 1, "ANOVA kernels need one number at least")
    precondition(order >= 2, "ANOVA kernels begin with order 2, not \(order)")
    self.fields = fields
    self.width = width
    self.order = order
  }

  /// The length of a vector, the parts of all orders together.
  public var vectorWidth: Int { (order - 1) * width }

  /// How many numbers of scratch memory both directions need.
  public var scratchCount: Int { step * (fields + 2) }

  /// The numbers of a_(j,0) … a_(j,M) for one j and one vector of coordinates.
  private var step: Int { (order + 1) * laneCount }

  /// term[r] ← the sum of all kernels of row r.
  public func forward(_ embedded: Matrix, scratch: Floats, into term: Matrix) {
    check(embedded, term, scratch)
    let table = unsafe scratch.pointer
    for row in 0..<embedded.rows {
      var total = Lanes(repeating: 0)
      for degree in 2...order {
        let part = unsafe embedded.row(row) + (degree &- 2) &* width
        forLanes(width) { offset, count in
          unsafe fill(table, part + offset, degree, count)
          unsafe total += table.lanes(fields &* step &+ degree &* laneCount)
        }
      }
      unsafe term.row(row)[0] = total.sum()
    }
  }

  /// The gradient of the vectors, given that of the term; added when `accumulate`.
  public func backward(
    _ embedded: Matrix, termGradient: Matrix, scratch: Floats, into gradient: Matrix,
    accumulate: Bool
  ) {
    check(embedded, termGradient, scratch)
    gradient.check(
      rows: embedded.rows, columns: embedded.columns, "an ANOVA gradient does not fit the vectors")
    let table = unsafe scratch.pointer
    for row in 0..<embedded.rows {
      let factor = unsafe Lanes(repeating: termGradient.row(row)[0])
      for degree in 2...order {
        let start = (degree &- 2) &* width
        let part = unsafe embedded.row(row) + start
        let target = unsafe gradient.row(row) + start
        forLanes(width) { offset, count in
          unsafe fill(table, part + offset, degree, count)
          unsafe unwind(
            table, part + offset, target + offset, degree, count, factor, accumulate)
        }
      }
    }
  }

  /// a_(j,t) for all j from 0 to F and t from 0 to `degree`.
  @inline(__always)
  private func fill(
    _ table: UnsafeMutablePointer<Float>, _ part: UnsafeMutablePointer<Float>, _ degree: Int,
    _ count: Int
  ) {
    unsafe table.store(Lanes(repeating: 1), 0)
    for t in 1...degree { unsafe table.store(Lanes(repeating: 0), t &* laneCount) }
    var before = unsafe table
    for field in 0..<fields {
      let value = unsafe part.load(field &* vectorWidth, count)
      let after = unsafe before + step
      unsafe after.store(Lanes(repeating: 1), 0)
      var lower = Lanes(repeating: 1)
      for t in 1...degree {
        let old = unsafe before.lanes(t &* laneCount)
        var sum = old
        sum.addProduct(value, lower)
        unsafe after.store(sum, t &* laneCount)
        lower = old
      }
      unsafe before = after
    }
  }

  /// The reverse of `fill`, from the last vector to the first.
  @inline(__always)
  private func unwind(
    _ table: UnsafeMutablePointer<Float>, _ part: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ degree: Int, _ count: Int, _ factor: Lanes,
    _ accumulate: Bool
  ) {
    // ∂a_(j,t), for the j that the loop has come to; lies behind the table.
    let adjoint = unsafe table + (fields &+ 1) &* step
    for t in 0..<degree { unsafe adjoint.store(Lanes(repeating: 0), t &* laneCount) }
    unsafe adjoint.store(factor, degree &* laneCount)
    for field in stride(from: fields &- 1, through: 0, by: -1) {
      let value = unsafe part.load(field &* vectorWidth, count)
      let before = unsafe table + field &* step
      var change = Lanes(repeating: 0)
      for t in 1...degree {
        let upper = unsafe adjoint.lanes(t &* laneCount)
        var lower = unsafe adjoint.lanes((t &- 1) &* laneCount)
        unsafe change.addProduct(upper, before.lanes((t &- 1) &* laneCount))
        lower.addProduct(upper, value)
        unsafe adjoint.store(lower, (t &- 1) &* laneCount)
      }
      let place = field &* vectorWidth
      if accumulate { unsafe change += target.load(place, count) }
      unsafe target.save(change, place, count)
    }
  }

  private func check(_ embedded: Matrix, _ term: Matrix, _ scratch: Floats) {
    precondition(
      embedded.columns == fields * vectorWidth, "the vectors do not fit the ANOVA kernels")
    term.check(rows: embedded.rows, columns: 1, "a sum of ANOVA kernels is one number a row")
    precondition(scratch.count >= scratchCount, "too little scratch memory for ANOVA kernels")
  }
}
