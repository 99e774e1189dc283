import Kernels

/// The rows that one of several owners holds, in the order of their ids.
///
/// An owner's table has a row for each; its row k belongs to the id `ids[k]`.
public struct RowShare: Sendable {
  /// The ids of the rows, ascending.
  public let ids: View<UInt32>
  private let places: View<Int32>

  /// The rows out of `rowCount` whose hash-part (`RowTable.partition(of:)`) the owner has.
  public init(rowCount: Int, owns: (_ partition: Int) -> Bool) {
    let owned = (0..<RowTable.partitionCount).map(owns)
    places = View(count: rowCount)
    var count = 0
    for row in 0..<rowCount {
      let isOwned = owned[RowTable.partition(of: UInt32(row))]
      places[row] = isOwned ? Int32(count) : -1
      if isOwned { count += 1 }
    }
    ids = View(count: count)
    for row in 0..<rowCount where places[row] >= 0 { ids[Int(places[row])] = UInt32(row) }
  }

  /// How many rows there are.
  public var count: Int { ids.count }

  /// The place in the owner's table of the row with this id; nil when it is somebody else's.
  public func place(of id: UInt32) -> Int? {
    guard Int(id) < places.count else { return nil }
    let place = places[Int(id)]
    return place < 0 ? nil : Int(place)
  }

  /// The place of the first row whose id is at least `id`; `count` when there is none.
  public func place(from id: Int) -> Int {
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(ids[middle]) < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The places of many rows; nil when one of them is somebody else's.
  public func places(of ids: View<UInt32>) -> View<UInt32>? {
    let result = View<UInt32>(count: ids.count)
    for index in 0..<ids.count {
      guard let place = place(of: ids[index]) else { return nil }
      result[index] = UInt32(place)
    }
    return result
  }
}

/// Whole rows with their optimizer state, as they lie in memory: what owners hand to each other.
extension RowTable {
  /// The numbers of one whole row.
  public var rawWidth: Int { kernel.layout.stride }

  /// Copies the rows of these ids into consecutive stretches of `target`.
  public func copyRaw(_ ids: View<UInt32>, into target: Floats) {
    precondition(target.count == ids.count * rawWidth, "a place for each row's numbers")
    for index in 0..<ids.count {
      target.slice(index * rawWidth, rawWidth)
        .copy(from: memory.slice(Int(ids[index]) * rawWidth, rawWidth))
    }
  }

  /// The reverse of `copyRaw`.
  public func restoreRaw(_ ids: View<UInt32>, from source: Floats) {
    precondition(source.count == ids.count * rawWidth, "numbers for each row")
    for index in 0..<ids.count {
      memory.slice(Int(ids[index]) * rawWidth, rawWidth)
        .copy(from: source.slice(index * rawWidth, rawWidth))
    }
  }

  /// The memory of `count` rows from row `first` on.
  public func raw(_ first: Int, _ count: Int) -> Floats {
    memory.slice(first * rawWidth, count * rawWidth)
  }
}
