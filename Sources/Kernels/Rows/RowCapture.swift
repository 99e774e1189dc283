import Synchronization

/// The rows of a table as they were at one moment, taken while the table goes on changing.
///
/// Between `begin` and `close`, whoever is about to change rows calls `keep` for them first; one
/// reader takes all rows meanwhile, each once. The unit is a row, because a step changes a few rows
/// of nearly every block of the table: copies of whole blocks would soon be a second table.
///
/// Neither side waits for the other. Both copy a row and then claim it in its mark; the reader
/// throws away a reading that a claim has come before, for a change may have overtaken it.
public final class RowCapture: @unchecked Sendable {
  // Unchecked: marks are read and written as atomics, and copies under the pool's lock or after a
  // claim; `generation` changes only while no other thread works on the capture.

  /// The numbers from one row to the next.
  public let stride: Int
  /// For each row the capture that claimed it last (upper half) and the place of the copy plus 1,
  /// or 0 where the reader was first. So a new capture has nothing to clear.
  private let marks: View<UInt64>
  private var generation: UInt64 = 0
  private let isOpen = Atomic<Bool>(false)
  private let copies: RowCopies

  private static var ahead: Int { 12 }

  /// Room for the marks of `rowCount` rows of `stride` numbers each, 8 bytes a row.
  public init(rowCount: Int, stride: Int) {
    precondition(rowCount < Int(UInt32.max) && stride > 0, "rows that cannot be captured")
    self.stride = stride
    marks = View(count: rowCount)
    copies = RowCopies(stride: stride)
  }

  /// How many rows have been copied for this capture because they were about to change.
  public var keptRows: Int { copies.used }

  /// From now on the rows stay as they are now, for `take`; nobody may be changing any.
  public func begin() {
    precondition(!isOpen.load(ordering: .relaxed), "a capture begins when the last one is closed")
    copies.empty()
    // Captures so far are told apart by 32 bits: the marks are cleared when those are used up.
    if generation == UInt64(UInt32.max) { marks.fill(0) }
    generation = generation % UInt64(UInt32.max) + 1
    isOpen.store(true, ordering: .releasing)
  }

  /// Says that rows are needed no more; the reader's word.
  public func close() { isOpen.store(false, ordering: .releasing) }

  /// Gives the memory of copies back; nobody may be changing rows, and the capture is closed.
  public func release() {
    precondition(!isOpen.load(ordering: .relaxed), "copies are needed until the capture is closed")
    copies.empty()
  }

  /// Copies the rows of ids[range] that have not been taken yet, before they change; does nothing
  /// when no capture is open. Threads call it for disjoint rows.
  public func keep(_ table: Floats, ids: View<UInt32>, range: Range<Int>) {
    guard isOpen.load(ordering: .acquiring) else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= ids.count, "a range outside the list of ids")
    precondition(table.count >= marks.count * stride, "another table than was captured")
    var block: RowCopies.Block?
    for entry in range {
      if entry &+ Self.ahead < range.upperBound { ask(for: ids[entry &+ Self.ahead], table) }
      let row = Int(ids[entry])
      precondition(row < marks.count, "an id beyond the last row of the table")
      let mark = unsafe mark(row)
      let before = unsafe mark.pointee.load(ordering: .acquiring)
      if before >> 32 == generation { continue }
      var room = block ?? copies.block()
      unsafe room.next.update(from: table.pointer + row * stride, count: stride)
      let claim = generation << 32 | UInt64(room.place + 1)
      let (isFirst, _) = unsafe mark.pointee.compareExchange(
        expected: before, desired: claim, ordering: .acquiringAndReleasing)
      if isFirst { room.used += 1 }
      block = room.isFull ? nil : room
      if room.isFull { copies.giveBack(room) }
    }
    if let block { copies.giveBack(block) }
  }

  /// Copies the rows `first ..< first + count`, as they were at the beginning, into `target`, one
  /// after the other. For one thread, which takes each row once.
  public func take(_ table: Floats, first: Int, count: Int, into target: Floats) {
    precondition(isOpen.load(ordering: .relaxed), "rows are taken while their capture is open")
    precondition(first >= 0 && count >= 0 && first + count <= marks.count, "rows outside the table")
    precondition(
      table.count >= marks.count * stride && target.count >= count * stride, "no room for the rows")
    for index in 0..<count {
      let mark = unsafe mark(first + index)
      let place = unsafe target.pointer + index * stride
      var before = unsafe mark.pointee.load(ordering: .acquiring)
      if before >> 32 != generation {
        unsafe place.update(from: table.pointer + (first + index) * stride, count: stride)
        let (isFirst, found) = unsafe mark.pointee.compareExchange(
          expected: before, desired: generation << 32, ordering: .acquiringAndReleasing)
        if isFirst { continue }
        before = found
      }
      let copy = Int(before & 0xFFFF_FFFF) - 1
      precondition(copy >= 0, "a row was taken twice")
      copies.copy(copy, into: target.slice(index * stride, stride))
    }
  }

  /// The mark of a row that exists.
  @inline(__always)
  private func mark(_ row: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe UnsafeMutableRawPointer(marks.pointer + row)
      .assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  @inline(__always)
  private func ask(for id: UInt32, _ table: Floats) {
    // A wrong id is only asked for here; it traps when its turn comes.
    unsafe prefetch(marks.pointer + Int(id))
    unsafe prefetch(table.pointer + Int(id) * stride, count: stride)
  }
}
