/// Numbers ids in the order of their first occurrence, without sorting or hashing: one cell an id.
///
/// A cell holds the round in which its id was last seen and the number it got then, so that a new
/// round costs nothing. Used by one thread at a time.
public final class StampTable {
  /// What stands for no id: behind the end of a list of values.
  public static var absent: UInt32 { .max }

  private let cells: View<UInt64>
  private var round: UInt64 = 0

  /// How far ahead of its use a cell is asked for.
  private static var ahead: Int { 16 }

  /// A table for ids under `idCount`; 8 bytes each.
  public init(idCount: Int) {
    cells = View(count: idCount)
  }

  /// Numbers ids[0 ..< count] afresh, from 0: writes each id's number to `index`, −1 for an absent
  /// one, and each new id to `unique`; returns how many different ids there are.
  public func number(
    _ ids: View<UInt32>, count: Int, index: View<Int32>, unique: View<UInt32>
  ) -> Int {
    precondition(count <= ids.count && count <= index.count, "fewer ids or places than announced")
    precondition(count <= unique.count, "no room for the different ids")
    beginRound()
    var found = 0
    unsafe forCells(ids, count) { id, cell, position in
      if unsafe cell.pointee >> 32 != round {
        unsafe cell.pointee = round << 32 | UInt64(found)
        unsafe unique.pointer[found] = id
        found &+= 1
      }
      unsafe index.pointer[position] = Int32(truncatingIfNeeded: cell.pointee)
    } absent: { position in
      unsafe index.pointer[position] = -1
    }
    return found
  }

  /// Merges lists of ids, each without repetition: writes the different ids to `unique` in the
  /// order of the lists and, to `positions[u · lists.count + i]`, the place of id u in list i or
  /// −1; returns how many different ids there are.
  public func merge(
    _ lists: [View<UInt32>], unique: View<UInt32>, positions: View<Int32>
  ) -> Int {
    let total = lists.reduce(0) { $0 + $1.count }
    precondition(total <= unique.count, "no room for the different ids")
    precondition(total * lists.count <= positions.count, "no room for the positions")
    let width = lists.count
    beginRound()
    var found = 0
    for (list, ids) in lists.enumerated() {
      unsafe forCells(ids, ids.count) { id, cell, position in
        if unsafe cell.pointee >> 32 != round {
          unsafe cell.pointee = round << 32 | UInt64(found)
          unsafe unique.pointer[found] = id
          unsafe (positions.pointer + found &* width).update(repeating: -1, count: width)
          found &+= 1
        }
        let number = unsafe Int(cell.pointee & 0xFFFF_FFFF)
        let place = number &* width &+ list
        precondition(unsafe positions.pointer[place] < 0, "a list names an id twice")
        unsafe positions.pointer[place] = Int32(truncatingIfNeeded: position)
      } absent: { _ in
        preconditionFailure("a list of rows names none")
      }
    }
    return found
  }

  /// Whether `id` was among the ids of the last round.
  public func contains(_ id: UInt32) -> Bool { cells[Int(id)] >> 32 == round && round > 0 }

  /// Asks for what `contains` needs.
  @inline(__always)
  func ask(for id: UInt32) {
    // A wrong id is only asked for here.
    unsafe prefetch(cells.pointer + Int(id))
  }

  private func beginRound() {
    round += 1
    if round > 0xFFFF_FFFF {
      cells.fill(0)
      round = 1
    }
  }

  @inline(__always)
  private func forCells(
    _ ids: View<UInt32>, _ count: Int,
    _ body: (UInt32, UnsafeMutablePointer<UInt64>, Int) -> Void, absent: (Int) -> Void
  ) {
    let list = unsafe ids.pointer
    let base = unsafe cells.pointer
    for position in 0..<count {
      if position &+ Self.ahead < count {
        unsafe prefetch(base + Int(list[position &+ Self.ahead]))
      }
      let id = unsafe list[position]
      if Int(id) < cells.count {
        unsafe body(id, base + Int(id), position)
      } else {
        precondition(id == Self.absent, "an id beyond the last row of the table")
        absent(position)
      }
    }
  }
}
