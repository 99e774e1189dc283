import Kernels

/// A column that holds a list of values: how they stand there and what becomes of them.
public struct ListForm: Sendable, Equatable, Codable {
  /// What becomes of a list with more values than there may be.
  public enum Excess: String, Sendable, Codable, CaseIterable {
    /// Its line is no row.
    case refuse
    /// The first values are taken and the list is counted as cut.
    case cut
  }

  /// What separates values.
  public var separator: String
  /// How many values a row has at most.
  public var maximum: Int
  /// How the parameters of the values become those of the field.
  public var pooling: ValueList.Pooling
  /// What becomes of longer lists.
  public var excess: Excess

  /// Describes lists; see the properties.
  public init(
    separator: String, maximum: Int, pooling: ValueList.Pooling = .mean, excess: Excess = .refuse
  ) {
    self.separator = separator
    self.maximum = maximum
    self.pooling = pooling
    self.excess = excess
  }

  /// What a model needs to know.
  var list: ValueList { ValueList(maximum: maximum, pooling: pooling) }
}

extension TableSchema {
  /// Which fields have lists of values.
  public var lists: [ValueList?] { fields.map { $0.list?.list } }

  /// Where the ids of a row stand.
  var idColumns: IDColumns { IDColumns(fieldCount: fieldCount, lists: lists) }
}

/// Cuts a list into its values.
struct ListCutter: Sendable {
  /// How many values are taken.
  let maximum: Int
  /// Whether longer lists are cut.
  let cuts: Bool
  private let separator: [UInt8]

  init(_ form: ListForm) {
    maximum = form.maximum
    cuts = form.excess == .cut
    separator = Array(form.separator.utf8)
  }

  /// Calls `body` with the place of each value that is not empty, until it says false.
  @inline(__always)
  func forValues(
    _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Bool
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start
      while end < range.upperBound, unsafe !separates(base, end, range.upperBound) { end += 1 }
      if end > start, !body(start..<end) { return }
      start = end + separator.count
    }
  }

  private func separates(_ base: UnsafePointer<UInt8>, _ place: Int, _ end: Int) -> Bool {
    guard place + separator.count <= end else { return false }
    for offset in separator.indices where unsafe base[place + offset] != separator[offset] {
      return false
    }
    return true
  }
}
