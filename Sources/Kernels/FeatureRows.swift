/// Which stored rows the features of some examples use.
///
/// `index[r·fields + f]` is the position, in `rows`, of the row of example r's feature in field f;
/// row u of `rows` starts at `u · rowWidth`.
public struct FeatureRows: Sendable {
  /// Positions of rows, [examples × fields].
  public let index: View<Int32>
  /// The number of examples.
  public let examples: Int
  /// The number of fields.
  public let fields: Int
  /// How many rows there are to point at.
  public let uniqueRows: Int
  /// The length of a row, all its parts together.
  public let rowWidth: Int

  /// Traps when the index has another size.
  public init(
    index: View<Int32>, examples: Int, fields: Int, uniqueRows: Int, rowWidth: Int
  ) {
    precondition(index.count == examples * fields, "the row index has the wrong size")
    self.index = index
    self.examples = examples
    self.fields = fields
    self.uniqueRows = uniqueRows
    self.rowWidth = rowWidth
  }

  /// Element `offset` of the row of each feature must lie inside `rows`.
  func check(_ rows: Floats, offset: Int, width: Int) {
    precondition(offset >= 0 && offset + width <= rowWidth, "a row part outside its row")
    precondition(uniqueRows * rowWidth <= rows.count, "fewer rows than were announced")
  }

  /// The position of feature `position`, checked.
  @inline(__always)
  func row(_ indices: UnsafeMutablePointer<Int32>, _ position: Int) -> Int {
    let row = unsafe Int(indices[position])
    precondition(row >= 0 && row < uniqueRows, "a feature points outside the pulled rows")
    return row &* rowWidth
  }

  /// target[r, f·width ..< (f+1)·width] ← part of the row of feature (r, f).
  public func gather(_ rows: Floats, offset: Int, width: Int, into target: Matrix) {
    check(rows, offset: offset, width: width)
    target.check(rows: examples, columns: fields * width, "gathered rows do not fit their result")
    let indices = unsafe index.pointer
    let source = unsafe rows.pointer + offset
    for example in 0..<examples {
      var destination = unsafe target.row(example)
      for field in 0..<fields {
        let from = unsafe source + row(indices, example &* fields &+ field)
        forLanes(width) { lane, count in
          unsafe destination.save(from.load(lane, count), lane, count)
        }
        unsafe destination += width
      }
    }
  }

  /// Adds gradient[r, f·width ..< (f+1)·width] to the part of the row of feature (r, f).
  ///
  /// Examples in order, fields in order: the sum of a row that several examples share is the same
  /// on every run.
  public func scatterAdd(_ gradient: Matrix, into rows: Floats, offset: Int, width: Int) {
    check(rows, offset: offset, width: width)
    gradient.check(
      rows: examples, columns: fields * width, "a gradient does not fit the gathered rows")
    let indices = unsafe index.pointer
    let target = unsafe rows.pointer + offset
    for example in 0..<examples {
      var source = unsafe gradient.row(example)
      for field in 0..<fields {
        let to = unsafe target + row(indices, example &* fields &+ field)
        forLanes(width) { lane, count in
          unsafe to.save(to.load(lane, count) + source.load(lane, count), lane, count)
        }
        unsafe source += width
      }
    }
  }

  /// target[r] ← bias + Σ_f part of the row of feature (r, f): the first-order term.
  public func sum(_ rows: Floats, offset: Int, width: Int, bias: Floats, into target: Matrix) {
    check(rows, offset: offset, width: width)
    target.check(rows: examples, columns: width, "first-order sums do not fit their result")
    precondition(bias.count == width, "a first-order bias has the wrong size")
    let indices = unsafe index.pointer
    let source = unsafe rows.pointer + offset
    for example in 0..<examples {
      let destination = unsafe target.row(example)
      for lane in 0..<width {
        // Two partial sums halve the chain of dependent additions.
        var even = unsafe bias.pointer[lane]
        var odd: Float = 0
        for field in 0..<fields {
          let value = unsafe source[row(indices, example &* fields &+ field) &+ lane]
          if field & 1 == 0 { even += value } else { odd += value }
        }
        unsafe destination[lane] = even + odd
      }
    }
  }

  /// Adds gradient[r] to the part of the row of every feature of example r.
  public func scatterAddShared(_ gradient: Matrix, into rows: Floats, offset: Int, width: Int) {
    check(rows, offset: offset, width: width)
    gradient.check(rows: examples, columns: width, "a first-order gradient has the wrong shape")
    let indices = unsafe index.pointer
    let target = unsafe rows.pointer + offset
    for example in 0..<examples {
      let source = unsafe gradient.row(example)
      for field in 0..<fields {
        let to = unsafe target + row(indices, example &* fields &+ field)
        for lane in 0..<width { unsafe to[lane] += source[lane] }
      }
    }
  }
}
