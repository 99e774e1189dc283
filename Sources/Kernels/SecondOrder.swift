/// The second-order term of a factorization machine, FM₂ = ½ Σ_k [(Σ_i e_ik)² − Σ_i e_ik²].
///
/// Source: Rendle, "Factorization machines", ICDM 2010, lemma 3.1.
public enum SecondOrder {
  /// term[r] ← FM₂ of the `fields` vectors of row r; sums[r, k] ← Σ_i e_ik, for the backward.
  public static func forward(
    _ embedded: Matrix, fields: Int, sums: Matrix, into term: Matrix
  ) {
    let width = sums.columns
    check(embedded, fields: fields, sums: sums, term: term)
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      let sumRow = unsafe sums.row(row)
      var total = Lanes(repeating: 0)
      forLanes(width) { offset, count in
        var sum = Lanes(repeating: 0)
        var squares = Lanes(repeating: 0)
        for field in 0..<fields {
          let value = unsafe vectors.load(field &* width &+ offset, count)
          sum += value
          squares.addProduct(value, value)
        }
        unsafe sumRow.save(sum, offset, count)
        total += sum * sum - squares
      }
      unsafe term.base[row &* term.stride] = 0.5 * total.sum()
    }
  }

  /// ∂FM₂/∂e_ik = Σ_j e_jk − e_ik, times the gradient of the term; added when `accumulate`.
  public static func backward(
    _ embedded: Matrix, fields: Int, sums: Matrix, termGradient: Matrix, into gradient: Matrix,
    accumulate: Bool
  ) {
    let width = sums.columns
    check(embedded, fields: fields, sums: sums, term: termGradient)
    gradient.check(
      rows: embedded.rows, columns: embedded.columns, "an FM gradient does not fit the vectors")
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      let target = unsafe gradient.row(row)
      let sumRow = unsafe sums.row(row)
      let factor = unsafe Lanes(repeating: termGradient.base[row &* termGradient.stride])
      forLanes(width) { offset, count in
        let sum = unsafe sumRow.load(offset, count)
        for field in 0..<fields {
          let place = field &* width &+ offset
          let change = unsafe (sum - vectors.load(place, count)) * factor
          let old = accumulate ? unsafe target.load(place, count) : Lanes(repeating: 0)
          unsafe target.save(old + change, place, count)
        }
      }
    }
  }

  private static func check(_ embedded: Matrix, fields: Int, sums: Matrix, term: Matrix) {
    check(embedded, fields: fields, sums: sums)
    term.check(rows: embedded.rows, columns: 1, "an FM term is one number a row")
  }

  private static func check(_ embedded: Matrix, fields: Int, sums: Matrix) {
    precondition(
      embedded.columns == fields * sums.columns && sums.rows == embedded.rows,
      "an FM term needs `fields` vectors of one width in each row")
  }
}

/// The same without the sum over k: one number for each coordinate, the bi-interaction pooling of
/// He and Chua, "Neural factorization machines", SIGIR 2017, equation 4.
extension SecondOrder {
  /// terms[r, k] ← ½ [(Σ_i e_ik)² − Σ_i e_ik²]; sums[r, k] ← Σ_i e_ik, for the backward.
  public static func forward(
    _ embedded: Matrix, fields: Int, sums: Matrix, intoEach terms: Matrix
  ) {
    let width = sums.columns
    check(embedded, fields: fields, sums: sums)
    terms.check(rows: embedded.rows, columns: width, "pooled vectors do not fit their result")
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      forLanes(width) { offset, count in
        var sum = Lanes(repeating: 0)
        var squares = Lanes(repeating: 0)
        for field in 0..<fields {
          let value = unsafe vectors.load(field &* width &+ offset, count)
          sum += value
          squares.addProduct(value, value)
        }
        sums.save(sum, row, offset, count)
        terms.save(0.5 * (sum * sum - squares), row, offset, count)
      }
    }
  }

  /// ∂e_ik = (Σ_j e_jk − e_ik) · ∂term_k; added when `accumulate`.
  public static func backward(
    _ embedded: Matrix, fields: Int, sums: Matrix, termGradients: Matrix, into gradient: Matrix,
    accumulate: Bool
  ) {
    let width = sums.columns
    check(embedded, fields: fields, sums: sums)
    termGradients.check(
      rows: embedded.rows, columns: width, "gradients do not fit the pooled vectors")
    gradient.check(
      rows: embedded.rows, columns: embedded.columns, "an FM gradient does not fit the vectors")
    for row in 0..<embedded.rows {
      let vectors = unsafe embedded.row(row)
      let target = unsafe gradient.row(row)
      forLanes(width) { offset, count in
        let sum = sums.load(row, offset, count)
        let factor = termGradients.load(row, offset, count)
        for field in 0..<fields {
          let place = field &* width &+ offset
          let change = unsafe (sum - vectors.load(place, count)) * factor
          let old = accumulate ? unsafe target.load(place, count) : Lanes(repeating: 0)
          unsafe target.save(old + change, place, count)
        }
      }
    }
  }
}

extension SecondOrder {
  /// velocities[r, k] ← Σ_i (Σ_j e_jk − e_ik) ė_ik, how fast each term moves when the vectors move
  /// as `motion` says; `sums` as the forward left them.
  public static func tangent(
    _ embedded: Matrix, along motion: Matrix, fields: Int, sums: Matrix,
    intoEach velocities: Matrix
  ) {
    let width = sums.columns
    check(embedded, fields: fields, sums: sums)
    let sentence = "a motion does not fit the vectors of an FM"
    motion.check(rows: embedded.rows, columns: embedded.columns, sentence)
    velocities.check(rows: embedded.rows, columns: width, sentence)
    for row in 0..<embedded.rows {
      forLanes(width) { offset, count in
        let sum = sums.load(row, offset, count)
        var velocity = Lanes(repeating: 0)
        for field in 0..<fields {
          let place = field &* width &+ offset
          velocity.addProduct(
            sum - embedded.load(row, place, count), motion.load(row, place, count))
        }
        velocities.save(velocity, row, offset, count)
      }
    }
  }
}
