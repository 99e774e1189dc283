/// Rows of a step to come, brought to its version beside the table while the step before is open.
///
/// The table itself stays at the version it has, so nobody who reads it meanwhile sees a row of the
/// future. A row that the open step changes after all is found by the version it was computed from,
/// and what was computed for it is not used. Memory grows to the largest step seen and is then
/// reused.
public final class RowsAhead: @unchecked Sendable {
  // Unchecked: one thread fills the entries, and not while others take from them.

  /// The rows, as in the table, one for each entry of the list of ids.
  private var memory = Floats(count: 0)
  /// For each entry the version that the row of the table had, or `absent`.
  private var sources = View<UInt32>(count: 0)
  /// How many entries there is room for.
  private var capacity = 0

  private static var absent: UInt32 { .max }

  /// Without room.
  public init() {}

  /// Makes room for the rows of `count` ids; what was there is gone.
  public func reserve(_ count: Int, for kernel: RowKernel) {
    guard count > capacity else { return }
    capacity = count + count / 4
    memory = Floats(count: capacity * kernel.layout.stride)
    sources = View(count: capacity)
  }

  /// Computes the rows of ids[range] as they are at `version`, which is ahead of the table, if no
  /// step changes them before; leaves those out that a step does change: `changing` has numbered
  /// them last.
  public func fill(
    _ table: Floats, kernel: RowKernel, ids: View<UInt32>, range: Range<Int>, version: Int,
    changing: StampTable
  ) {
    precondition(range.upperBound <= capacity, "no room for the rows ahead")
    let stride = kernel.layout.stride
    let segment = kernel.schedule.segment(ofStep: version)
    unsafe kernel.forRows(table, ids, range) { row, entry in
      let next = entry &+ RowKernel.ahead
      if next < range.upperBound { changing.ask(for: ids[next]) }
      let last = unsafe kernel.lastStep(row)
      if last >= version || changing.contains(ids[entry]) {
        sources[entry] = Self.absent
        return
      }
      let copy = unsafe memory.pointer + entry &* stride
      unsafe kernel.copy(row, to: copy, stride)
      unsafe kernel.schedule.advance(
        copy, width: kernel.layout.width, from: last, to: version, last: segment)
      unsafe kernel.setLastStep(copy, version)
      sources[entry] = UInt32(truncatingIfNeeded: last)
    }
  }

  /// Puts those rows of ids[range] into the table that are as they were when they were computed.
  public func adopt(
    into table: Floats, kernel: RowKernel, ids: View<UInt32>, range: Range<Int>
  ) {
    precondition(range.upperBound <= capacity, "rows ahead that were not computed")
    let stride = kernel.layout.stride
    unsafe kernel.forRows(table, ids, range) { row, entry in
      guard unsafe kernel.lastStep(row) == Int(sources[entry]) else { return }
      unsafe kernel.copy(memory.pointer + entry &* stride, to: row, stride)
    }
  }
}
