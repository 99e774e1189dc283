/// Products of the two vectors that each pair of features keeps for each other's field.
///
/// The part of a row holds one vector for each field, side by side; v_i[j] is that of field i's
/// feature for field j. Pairs (i, j), i < j, run in the order (0,1), (0,2), …, (1,2), …
/// Source: Juan, Zhuang, Chin and Lin, "Field-aware factorization machines for CTR prediction",
/// RecSys 2016, equation 4.
extension FeatureRows {
  /// The number of pairs of fields.
  public var pairCount: Int { fields * (fields - 1) / 2 }

  /// target[r, pair · width …] ← v_i[j] ∘ v_j[i].
  public func fieldAwareProducts(
    _ rows: Floats, offset: Int, width: Int, into target: Matrix
  ) {
    check(rows, offset: offset, width: fields * width)
    target.check(
      rows: examples, columns: pairCount * width, "field-aware products do not fit their result")
    let source = unsafe rows.pointer + offset
    for example in 0..<examples {
      var destination = unsafe target.row(example)
      forPairs(example, width) { a, b in
        forQuads(width) { lane in
          unsafe destination.setQuad(
            (source + a).quad(lane) * (source + b).quad(lane), lane)
        } rest: { lane in
          unsafe destination[lane] = source[a &+ lane] * source[b &+ lane]
        }
        unsafe destination += width
      }
    }
  }

  /// target[r] ← Σ_(i<j) ⟨v_i[j], v_j[i]⟩.
  public func fieldAwareSum(_ rows: Floats, offset: Int, width: Int, into target: Matrix) {
    check(rows, offset: offset, width: fields * width)
    target.check(rows: examples, columns: 1, "a field-aware sum is one number a row")
    let source = unsafe rows.pointer + offset
    for example in 0..<examples {
      var sum = SIMD4<Float>(repeating: 0)
      forPairs(example, width) { a, b in
        forQuads(width) { lane in
          unsafe sum.addProduct((source + a).quad(lane), (source + b).quad(lane))
        } rest: { lane in
          unsafe sum[0] += source[a &+ lane] * source[b &+ lane]
        }
      }
      unsafe target.row(example)[0] = sum.sum()
    }
  }

  /// target[r, pair · width …] ← v̇_i[j] ∘ v_j[i] + v_i[j] ∘ v̇_j[i]: how fast the products move when
  /// the rows move as `motion` says.
  public func fieldAwareProducts(
    _ rows: Floats, along motion: Floats, offset: Int, width: Int, into target: Matrix
  ) {
    checkPair(rows, motion, offset: offset, width: width)
    target.check(
      rows: examples, columns: pairCount * width, "field-aware products do not fit their result")
    let (source, moving) = unsafe (rows.pointer + offset, motion.pointer + offset)
    for example in 0..<examples {
      var destination = unsafe target.row(example)
      forPairs(example, width) { a, b in
        for lane in 0..<width {
          unsafe destination[lane] =
            moving[a &+ lane] * source[b &+ lane] + source[a &+ lane] * moving[b &+ lane]
        }
        unsafe destination += width
      }
    }
  }

  /// target[r] ← Σ_(i<j) ⟨v̇_i[j], v_j[i]⟩ + ⟨v_i[j], v̇_j[i]⟩, likewise.
  public func fieldAwareSum(
    _ rows: Floats, along motion: Floats, offset: Int, width: Int, into target: Matrix
  ) {
    checkPair(rows, motion, offset: offset, width: width)
    target.check(rows: examples, columns: 1, "a field-aware sum is one number a row")
    let (source, moving) = unsafe (rows.pointer + offset, motion.pointer + offset)
    for example in 0..<examples {
      var sum: Float = 0
      forPairs(example, width) { a, b in
        for lane in 0..<width {
          unsafe sum +=
            moving[a &+ lane] * source[b &+ lane] + source[a &+ lane] * moving[b &+ lane]
        }
      }
      unsafe target.row(example)[0] = sum
    }
  }

  /// Adds ∂v_i[j] = g_ij ∘ v_j[i] and ∂v_j[i] = g_ij ∘ v_i[j] to the gradients of the rows.
  public func scatterFieldAwareProducts(
    _ gradient: Matrix, rows: Floats, into gradients: Floats, offset: Int, width: Int
  ) {
    checkPair(rows, gradients, offset: offset, width: width)
    gradient.check(
      rows: examples, columns: pairCount * width, "a gradient does not fit field-aware products")
    let source = unsafe rows.pointer + offset
    let target = unsafe gradients.pointer + offset
    for example in 0..<examples {
      var factors = unsafe gradient.row(example)
      forPairs(example, width) { a, b in
        forQuads(width) { lane in
          let factor = unsafe factors.quad(lane)
          unsafe (target + a).addQuad(factor * (source + b).quad(lane), lane)
          unsafe (target + b).addQuad(factor * (source + a).quad(lane), lane)
        } rest: { lane in
          unsafe target[a &+ lane] += factors[lane] * source[b &+ lane]
          unsafe target[b &+ lane] += factors[lane] * source[a &+ lane]
        }
        unsafe factors += width
      }
    }
  }

  /// The same with one factor for all pairs of an example: the gradient of `fieldAwareSum`.
  public func scatterFieldAwareSum(
    _ gradient: Matrix, rows: Floats, into gradients: Floats, offset: Int, width: Int
  ) {
    checkPair(rows, gradients, offset: offset, width: width)
    gradient.check(rows: examples, columns: 1, "the gradient of a sum is one number a row")
    let source = unsafe rows.pointer + offset
    let target = unsafe gradients.pointer + offset
    for example in 0..<examples {
      let factor = unsafe gradient.row(example)[0]
      forPairs(example, width) { a, b in
        forQuads(width) { lane in
          unsafe (target + a).addQuad(factor * (source + b).quad(lane), lane)
          unsafe (target + b).addQuad(factor * (source + a).quad(lane), lane)
        } rest: { lane in
          unsafe target[a &+ lane] += factor * source[b &+ lane]
          unsafe target[b &+ lane] += factor * source[a &+ lane]
        }
      }
    }
  }

  private func checkPair(_ rows: Floats, _ others: Floats, offset: Int, width: Int) {
    check(rows, offset: offset, width: fields * width)
    check(others, offset: offset, width: fields * width)
  }

  /// Calls `body` with the places of v_i[j] and v_j[i], from the part's start on, for each pair.
  @inline(__always)
  private func forPairs(_ example: Int, _ width: Int, _ body: (_ a: Int, _ b: Int) -> Void) {
    let indices = unsafe index.pointer + example &* fields
    for i in 0..<fields {
      let a = unsafe row(indices, i)
      for j in i &+ 1..<fields {
        unsafe body(a &+ j &* width, row(indices, j) &+ i &* width)
      }
    }
  }
}

/// Calls `quad` for each four of `width` numbers and `rest` for each of those that remain:
/// field-aware vectors are short.
@inline(__always)
private func forQuads(_ width: Int, _ quad: (Int) -> Void, rest: (Int) -> Void) {
  let full = width & ~3
  var lane = 0
  while lane < full {
    quad(lane)
    lane &+= 4
  }
  while lane < width {
    rest(lane)
    lane &+= 1
  }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always)
  fileprivate func quad(_ offset: Int) -> SIMD4<Float> {
    unsafe UnsafeRawPointer(self + offset).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always)
  fileprivate func setQuad(_ quad: SIMD4<Float>, _ offset: Int) {
    unsafe UnsafeMutableRawPointer(self + offset).storeBytes(of: quad, as: SIMD4<Float>.self)
  }

  @inline(__always)
  fileprivate func addQuad(_ change: SIMD4<Float>, _ offset: Int) {
    unsafe setQuad(quad(offset) + change, offset)
  }
}
