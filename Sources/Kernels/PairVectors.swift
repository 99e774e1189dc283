/// Element-wise products of all pairs of a row's vectors, e_i ∘ e_j for i < j, one pair a row of
/// a matrix.
///
/// Pairs run in the order (0,1), (0,2), …, (0,F−1), (1,2), …
public struct PairVectors: Sendable {
  /// The number of vectors.
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

  /// products[pair] ← e_i ∘ e_j of the vectors in row `row` of `embedded`.
  public func forward(_ embedded: Matrix, row: Int, into products: Matrix) {
    check(embedded, row, products)
    let vectors = unsafe embedded.row(row)
    forLanes(width) { offset, count in
      var pair = 0
      for i in 0..<fields {
        let left = unsafe vectors.load(i &* width &+ offset, count)
        for j in i &+ 1..<fields {
          let right = unsafe vectors.load(j &* width &+ offset, count)
          products.save(left * right, pair, offset, count)
          pair &+= 1
        }
      }
    }
  }

  /// velocities[pair] ← ė_i ∘ e_j + e_i ∘ ė_j, how fast the products of a row move along `motion`.
  public func tangent(
    _ embedded: Matrix, along motion: Matrix, row: Int, into velocities: Matrix
  ) {
    check(embedded, row, velocities)
    check(motion, row, velocities)
    forLanes(width) { offset, count in
      var pair = 0
      for i in 0..<fields {
        let left = embedded.load(row, i &* width &+ offset, count)
        let leftMotion = motion.load(row, i &* width &+ offset, count)
        for j in i &+ 1..<fields {
          var velocity = left * motion.load(row, j &* width &+ offset, count)
          velocity.addProduct(leftMotion, embedded.load(row, j &* width &+ offset, count))
          velocities.save(velocity, pair, offset, count)
          pair &+= 1
        }
      }
    }
  }

  /// ∂e_i = Σ_(j≠i) g_ij ∘ e_j in row `row` of `gradient`; added when `accumulate`.
  public func backward(
    _ embedded: Matrix, row: Int, productGradient: Matrix, into gradient: Matrix, accumulate: Bool
  ) {
    check(embedded, row, productGradient)
    gradient.check(
      rows: embedded.rows, columns: embedded.columns, "a pair gradient does not fit the vectors")
    if !accumulate { Elementwise.scale(gradient.rows(row, 1), by: 0) }
    let vectors = unsafe embedded.row(row)
    let target = unsafe gradient.row(row)
    forLanes(width) { offset, count in
      var pair = 0
      for i in 0..<fields {
        let left = unsafe vectors.load(i &* width &+ offset, count)
        var sum = unsafe target.load(i &* width &+ offset, count)
        for j in i &+ 1..<fields {
          let place = j &* width &+ offset
          let factor = productGradient.load(pair, offset, count)
          var other = unsafe target.load(place, count)
          unsafe sum.addProduct(factor, vectors.load(place, count))
          other.addProduct(factor, left)
          unsafe target.save(other, place, count)
          pair &+= 1
        }
        unsafe target.save(sum, i &* width &+ offset, count)
      }
    }
  }

  private func check(_ embedded: Matrix, _ row: Int, _ products: Matrix) {
    precondition(embedded.columns == fields * width, "the vectors do not fit the pairs")
    precondition(row >= 0 && row < embedded.rows, "pairs of a row that does not exist")
    products.check(rows: count, columns: width, "the pairs do not fit their matrix")
  }
}
