/// A row-major matrix over a view; row r starts at element `r · stride` of the view.
///
/// A stride larger than the number of columns makes the matrix a block of columns of a wider one,
/// so that an operation can write straight into its place of a concatenation.
public struct Matrix: Sendable {
  /// The memory, from the first element of the first row on.
  public let values: Floats
  /// The number of rows, possibly 0.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the starts of neighbouring rows, in elements.
  public let stride: Int

  /// A matrix over the first elements of `values`; traps when they are too few.
  public init(_ values: Floats, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have a negative size")
    precondition(stride >= columns, "the rows of a matrix overlap")
    precondition(
      rows == 0 || (rows - 1) * stride + columns <= values.count,
      "a matrix of \(rows) rows needs more memory than its view has")
    self.values = values
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A matrix of zeros in new memory.
  public init(rows: Int, columns: Int) {
    self.init(Floats(count: rows * columns), rows: rows, columns: columns)
  }

  /// The `count` rows from `first` on, in the same memory.
  public func rows(_ first: Int, _ count: Int) -> Matrix {
    precondition(first >= 0 && count >= 0 && first + count <= rows, "rows outside the matrix")
    let skipped = min(first * stride, values.count)
    return Matrix(
      values.slice(skipped, values.count - skipped), rows: count, columns: columns, stride: stride)
  }

  /// Calls `body` for all rows in order, `size` together or what is left in the end.
  @inlinable
  public func forBlocks(of size: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in Swift.stride(from: 0, to: rows, by: size) { body(first, min(size, rows - first)) }
  }

  /// The `count` columns from `first` on, in the same memory.
  public func columns(_ first: Int, _ count: Int) -> Matrix {
    precondition(
      first >= 0 && count >= 0 && first + count <= columns, "columns outside the matrix")
    let skipped = min(first, values.count)
    return Matrix(
      values.slice(skipped, values.count - skipped), rows: rows, columns: count, stride: stride)
  }

  /// Whether the rows follow each other without gaps.
  public var isGapless: Bool { stride == columns || rows <= 1 }

  /// The same numbers with `width` of them a row: the vectors that lie side by side in the rows.
  ///
  /// Traps when rows with several vectors have gaps between them.
  public func vectors(of width: Int) -> Matrix {
    if width == columns { return self }
    precondition(isGapless, "vectors of rows with gaps between them")
    precondition(width > 0 && columns.isMultiple(of: width), "vectors do not fill the rows")
    return Matrix(values, rows: rows * (columns / width), columns: width)
  }

  /// The element at (`row`, `column`).
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      return values[row * stride + column]
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      values[row * stride + column] = newValue
    }
  }
}

extension Matrix {
  /// The address of the first element; rows are `stride` elements apart.
  var base: UnsafeMutablePointer<Float> { unsafe values.pointer }

  /// The address of the first element of a row that exists.
  @inline(__always)
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { unsafe base + row &* stride }

  /// `count` elements of a row from `offset` on, unchecked: loops check shapes before they start.
  @inline(__always)
  func load(_ row: Int, _ offset: Int, _ count: Int) -> Lanes {
    unsafe self.row(row).load(offset, count)
  }

  /// Writes `count` elements of a row from `offset` on, unchecked.
  @inline(__always)
  func save(_ lanes: Lanes, _ row: Int, _ offset: Int, _ count: Int) {
    unsafe self.row(row).save(lanes, offset, count)
  }

  /// Traps unless the matrix has this shape.
  func check(rows: Int, columns: Int, _ sentence: @autoclosure () -> String) {
    precondition(self.rows == rows && self.columns == columns, sentence())
  }
}

extension Floats {
  /// `count` elements from `offset` on, unchecked: loops check lengths before they start.
  @inline(__always)
  func load(_ offset: Int, _ count: Int) -> Lanes { unsafe pointer.load(offset, count) }

  /// Writes `count` elements from `offset` on, unchecked.
  @inline(__always)
  func save(_ lanes: Lanes, _ offset: Int, _ count: Int) {
    unsafe pointer.save(lanes, offset, count)
  }
}
