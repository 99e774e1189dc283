/// A field that may have several values in a row, and what becomes of their parameters.
///
/// Source: Zhao et al., "AutoLoss", KDD 2021, footnote 1: the vectors of several values of a field
/// are averaged or added up.
public struct ValueList: Sendable, Equatable, Codable {
  /// How the rows of a list's values become one.
  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// Their mean.
    case mean
    /// Their sum.
    case sum
  }

  /// How many values a row has at most.
  public var maximum: Int
  /// How their rows become one.
  public var pooling: Pooling

  /// Names both.
  public init(maximum: Int, pooling: Pooling = .mean) {
    self.maximum = maximum
    self.pooling = pooling
  }
}

/// Makes one row of the rows of a list's values, and shares its gradient out to them.
///
/// A field with lists has as many columns of positions as a list may have values; those behind a
/// list's end hold −1. The rows that are made follow the slice's different rows in their memory, so
/// whatever gathers rows finds them like any other and knows nothing of lists. A list of one value
/// uses the row of that value itself.
public struct RowLists: Sendable, Equatable {
  /// How many values each field has at most.
  public let lengths: [Int]
  private let isMean: [Bool]
  /// How many columns of positions an example has.
  public let columnCount: Int
  /// How many fields have lists.
  public let listCount: Int

  /// The fields in order, nil for those with one value; nil when none may have more.
  public init?(_ lists: [ValueList?]) {
    precondition(lists.allSatisfy { $0.map { $0.maximum > 0 } ?? true }, "a list without values")
    lengths = lists.map { $0?.maximum ?? 1 }
    isMean = lists.map { $0?.pooling == .mean }
    columnCount = lengths.reduce(0, +)
    listCount = lengths.count { $0 > 1 }
    if listCount == 0 { return nil }
  }

  /// Writes, behind the first `uniqueRows` of `rows`, what `lists` of `index` [examples × columns]
  /// make, and to `places` [examples × fields] which row each field uses; returns how many rows
  /// there are then. Sums follow the order of a list.
  public func make(
    _ rows: Floats, uniqueRows: Int, width: Int, index: View<Int32>, places: View<Int32>,
    examples: Int
  ) -> Int {
    precondition(places.count >= examples * lengths.count, "no room for the places of rows")
    let memory = unsafe rows.pointer
    let indices = unsafe index.pointer
    let targets = unsafe places.pointer
    var next = uniqueRows
    forFields(index, examples, uniqueRows) { place, first, count, factor in
      guard count > 1 else {
        unsafe targets[place] = indices[first]
        return
      }
      precondition((next &+ 1) &* width <= rows.count, "no room for the rows of lists")
      let made = unsafe memory + next &* width
      forLanes(width) { lane, lanes in
        var sum = unsafe (memory + Int(indices[first]) &* width).load(lane, lanes)
        for value in first &+ 1..<first &+ count {
          unsafe sum += (memory + Int(indices[value]) &* width).load(lane, lanes)
        }
        unsafe made.save(sum * factor, lane, lanes)
      }
      unsafe targets[place] = Int32(truncatingIfNeeded: next)
      next &+= 1
    }
    return next
  }

  /// Adds the gradients of the rows that `make` made to those of the rows they were made of.
  ///
  /// Examples in order, fields in order, the values of a list in order.
  public func share(
    _ gradients: Floats, uniqueRows: Int, width: Int, index: View<Int32>, examples: Int
  ) {
    let memory = unsafe gradients.pointer
    let indices = unsafe index.pointer
    var next = uniqueRows
    forFields(index, examples, uniqueRows) { _, first, count, factor in
      guard count > 1 else { return }
      precondition((next &+ 1) &* width <= gradients.count, "no room for gradients of lists")
      let made = unsafe memory + next &* width
      for value in first..<first &+ count {
        let target = unsafe memory + Int(indices[value]) &* width
        forLanes(width) { lane, lanes in
          unsafe target.save(
            target.load(lane, lanes) + made.load(lane, lanes) * factor, lane, lanes)
        }
      }
      next &+= 1
    }
  }

  /// Calls `body` for each field of each example with its place, the first of its columns, how many
  /// values it has, all of them among the first `uniqueRows`, and what their sum is multiplied by.
  @inline(__always)
  private func forFields(
    _ index: View<Int32>, _ examples: Int, _ uniqueRows: Int,
    _ body: (_ place: Int, _ first: Int, _ count: Int, _ factor: Float) -> Void
  ) {
    precondition(index.count >= examples * columnCount, "fewer positions than examples have")
    let indices = unsafe index.pointer
    var column = 0
    for example in 0..<examples {
      for field in lengths.indices {
        var count = 0
        while count < lengths[field], unsafe indices[column &+ count] >= 0 {
          precondition(
            unsafe Int(indices[column &+ count]) < uniqueRows,
            "a feature points outside the pulled rows")
          count &+= 1
        }
        precondition(count > 0, "a field has no value")
        body(
          example &* lengths.count &+ field, column, count, isMean[field] ? 1 / Float(count) : 1)
        column &+= lengths[field]
      }
    }
  }
}
