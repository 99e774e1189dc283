/// The loops over the rows of a table: catching up, reading, peeking, committing.
///
/// Every loop covers a range of a list of ids, so that threads share a list by disjoint ranges; the
/// result does not depend on how the list is cut. Row `id` starts at `id · layout.stride`.
public struct RowKernel: Sendable {
  /// Where the parts of a row lie.
  public let layout: RowLayout
  /// How rows move.
  public let schedule: RowSchedule
  /// What bounds their gradients, if anything does.
  public let clip: RowClip?

  /// How far ahead of its use a row is asked for: long enough to hide a miss of all caches.
  static var ahead: Int { 12 }

  /// The loops for rows of `width` weights that move by `schedule`.
  public init(width: Int, schedule: RowSchedule, clip: RowClip? = nil) {
    precondition(
      clip?.parts.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= width } ?? true,
      "a part outside the row is to be bounded")
    layout = RowLayout(width: width, stateCount: schedule.stateCount)
    self.schedule = schedule
    self.clip = clip
  }

  /// Brings the rows of ids[range] up to `version` and writes them back.
  public func catchUp(
    _ table: Floats, ids: View<UInt32>, range: Range<Int>, version: Int
  ) {
    let segment = schedule.segment(ofStep: version)
    unsafe forRows(table, ids, range) { row, _ in
      let last = unsafe lastStep(row)
      precondition(last <= version, "a row is newer than the version it shall be brought to")
      if last == version { return }
      unsafe schedule.advance(row, width: layout.width, from: last, to: version, last: segment)
      unsafe setLastStep(row, version)
    }
  }

  /// Copies the weights of the rows of ids[range] as they are; entry k goes to `k · width`.
  public func read(_ table: Floats, ids: View<UInt32>, range: Range<Int>, into weights: Floats) {
    checkRoom(weights, range)
    let width = layout.width
    let target = unsafe weights.pointer
    unsafe forRows(table, ids, range) { row, entry in
      unsafe copy(row, to: target + entry &* width, width)
    }
  }

  /// Copies the weights of the rows of ids[range] as they are at `version`, leaving the rows
  /// alone; entry k goes to `k · width`.
  public func peek(
    _ table: Floats, ids: View<UInt32>, range: Range<Int>, version: Int, into weights: Floats
  ) {
    checkRoom(weights, range)
    let width = layout.width
    let target = unsafe weights.pointer
    let segment = schedule.segment(ofStep: version)
    unsafe withCopy { scratch in
      unsafe forRows(table, ids, range) { row, entry in
        let current = unsafe caughtUp(row, version: version, segment, scratch: scratch)
        unsafe copy(current, to: target + entry &* width, width)
      }
    }
  }

  /// Copies weights and states at `version` of the rows `first ..< first + count`, leaving the
  /// table alone; row k of the result starts at `k · width · (1 + stateCount)`.
  public func peekAll(
    _ table: Floats, first: Int, count: Int, version: Int, into target: Floats
  ) {
    let used = layout.lastStepOffset
    precondition(first >= 0 && count >= 0, "rows outside the table")
    precondition((first + count) * layout.stride <= table.count, "rows outside the table")
    precondition(count * used <= target.count, "no room for the rows")
    let segment = schedule.segment(ofStep: version)
    unsafe withCopy { scratch in
      for index in 0..<count {
        let row = unsafe table.pointer + (first + index) * layout.stride
        let current = unsafe caughtUp(row, version: version, segment, scratch: scratch)
        unsafe (target.pointer + index * used).update(from: current, count: used)
      }
    }
  }

  /// Sums the gradients of each row of ids[range] over the slices in the fixed tree and makes
  /// step `step` with the sum.
  ///
  /// `positions[k · slices + i]` is the place of id k among the rows of slice i's gradients, or −1;
  /// `gradients` finds them and must not make them anew, and so does `occurrences` with how often
  /// slice i has each of its rows, where gradients are bounded. The rows must have been caught up
  /// to `step − 1`.
  public func commit(
    _ table: Floats, ids: View<UInt32>, range: Range<Int>, positions: View<Int32>, slices: Int,
    step: Int, occurrences: (_ slice: Int) -> Floats? = { _ in nil },
    gradients: (_ slice: Int) -> Floats?
  ) {
    let width = layout.width
    // Chosen once: asking for each row would count references to the rule for each row.
    switch schedule.rule(ofStep: step) {
    case .adam(let rule), .lazyAdam(let rule):
      unsafe forSums(
        table, ids, range, positions, slices, step, occurrences, gradients
      ) { row, sum in
        unsafe rule.apply(
          weights: row, first: row + width, second: row + 2 &* width, gradient: sum, count: width,
          step: step)
      }
    case .linear(let rule):
      unsafe forSums(
        table, ids, range, positions, slices, step, occurrences, gradients
      ) { row, sum in
        unsafe rule.apply(weights: row, buffer: row + width, gradient: sum, count: width)
      }
    }
  }

  /// Sums the gradients of rows `range` over the slices in the fixed tree: row k of the sum goes to
  /// `k · width` of `total`. Rows that no slice has stay as they are.
  ///
  /// `positions` and `gradients` are as for `commit`.
  public func sum(
    range: Range<Int>, positions: View<Int32>, slices: Int, into total: Floats,
    gradients: (_ slice: Int) -> Floats?
  ) {
    let width = layout.width
    precondition(range.upperBound * width <= total.count, "no room for the summed rows")
    let target = unsafe total.pointer
    unsafe withLeaves(range, positions, slices, { _ in nil }, gradients) { leaves, bases in
      for entry in range {
        guard let sum = unsafe leaves.sum(bases, positions.pointer + entry &* slices, slices)
        else { continue }
        unsafe copy(sum, to: target + entry &* width, width)
      }
    }
  }

  @inline(__always)
  private func forSums(
    _ table: Floats, _ ids: View<UInt32>, _ range: Range<Int>, _ positions: View<Int32>,
    _ slices: Int, _ step: Int, _ occurrences: (_ slice: Int) -> Floats?,
    _ gradients: (_ slice: Int) -> Floats?,
    _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    unsafe withLeaves(range, positions, slices, occurrences, gradients) { leaves, bases in
      unsafe withBound { bounded in
        unsafe forRows(table, ids, range) { row, entry in
          let places = unsafe positions.pointer + entry &* slices
          guard var sum = unsafe leaves.sum(bases, places, slices) else { return }
          precondition(unsafe lastStep(row) == step - 1, "a row was not caught up before its step")
          if let clip {
            let count = unsafe leaves.occurrences(bases, places, slices)
            unsafe clip.bound(sum, weights: row, count: count, into: bounded)
            unsafe sum = UnsafePointer(bounded)
          }
          unsafe body(row, sum)
          unsafe setLastStep(row, step)
        }
      }
    }
  }

  /// Lends room for the gradient of a row that is bounded.
  @inline(__always)
  private func withBound(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    let count = clip == nil ? 1 : layout.width
    unsafe RoomOnStack.lend(count) { room in
      // What belongs to no part is not bounded away: it has no gradient.
      unsafe room.update(repeating: 0, count: count)
      unsafe body(room)
    }
  }

  /// Lends what is needed to sum the gradients of one row after the other.
  @inline(__always)
  private func withLeaves(
    _ range: Range<Int>, _ positions: View<Int32>, _ slices: Int,
    _ occurrences: (_ slice: Int) -> Floats?, _ gradients: (_ slice: Int) -> Floats?,
    _ body: (GradientTree.Leaves, UnsafeMutablePointer<SliceRowsBase>) -> Void
  ) {
    let width = layout.width
    precondition(
      positions.count >= range.upperBound * slices, "fewer positions than ids and slices")
    unsafe GradientTree.withScratch(slices: slices, width: width) { addresses, scratch in
      unsafe withUnsafeTemporaryAllocation(of: SliceRowsBase.self, capacity: max(slices, 1)) {
        bases in
        guard let first = bases.baseAddress else { return }
        // Plain addresses: counting references to each slice's memory for each row would show.
        for slice in 0..<slices {
          let gradient = gradients(slice)
          let counts = occurrences(slice)
          unsafe first[slice] = SliceRowsBase(
            address: gradient.map { unsafe UnsafePointer($0.pointer) },
            count: (gradient?.count ?? 0) / width,
            occurrences: counts.map { unsafe UnsafePointer($0.pointer) },
            countedRows: counts?.count ?? 0)
        }
        unsafe body(
          GradientTree.Leaves(addresses: addresses, scratch: scratch, width: width), first)
      }
    }
  }

  /// The version up to which the row at this address is computed.
  @inline(__always)
  func lastStep(_ row: UnsafeMutablePointer<Float>) -> Int {
    unsafe Int(row[layout.lastStepOffset].bitPattern)
  }

  @inline(__always)
  func setLastStep(_ row: UnsafeMutablePointer<Float>, _ step: Int) {
    unsafe row[layout.lastStepOffset] = Float(bitPattern: UInt32(truncatingIfNeeded: step))
  }
}

/// Where the gradients of a slice's rows begin, and how many rows there are.
@safe
private struct SliceRowsBase {
  var address: UnsafePointer<Float>?
  var count: Int
  /// How often the slice has each of its rows, where somebody asks.
  var occurrences: UnsafePointer<Float>?
  var countedRows: Int
}

extension GradientTree.Leaves {
  /// The sum of one row, whose place among the rows of each slice is in `places`, or −1.
  @inline(__always)
  fileprivate func sum(
    _ bases: UnsafeMutablePointer<SliceRowsBase>, _ places: UnsafePointer<Int32>, _ slices: Int
  ) -> UnsafePointer<Float>? {
    for slice in 0..<slices {
      let place = unsafe Int(places[slice])
      let base = unsafe bases[slice]
      precondition(place < base.count, "a position beyond the gradients")
      unsafe addresses[slice] =
        place < 0 ? nil : base.address.map { unsafe $0 + place &* width }
    }
    return unsafe sum(0, slices)
  }

  /// How often all slices together have one row; whole numbers, so that their order is nothing.
  @inline(__always)
  fileprivate func occurrences(
    _ bases: UnsafeMutablePointer<SliceRowsBase>, _ places: UnsafePointer<Int32>, _ slices: Int
  ) -> Float {
    var sum: Float = 0
    for slice in 0..<slices {
      let place = unsafe Int(places[slice])
      let base = unsafe bases[slice]
      // A slice without a gradient has no part in the step.
      guard place >= 0, unsafe base.address != nil, let counts = unsafe base.occurrences else {
        precondition(unsafe place < 0 || base.address == nil, "a slice does not count its rows")
        continue
      }
      precondition(place < base.countedRows, "a position beyond the counted rows")
      sum += unsafe counts[place]
    }
    return sum
  }
}

extension RowKernel {
  /// Calls `body` with the address of each row of ids[range] and its place in the list, asking
  /// for the rows ahead of time.
  @inline(__always)
  func forRows(
    _ table: Floats, _ ids: View<UInt32>, _ range: Range<Int>,
    _ body: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= ids.count, "a range outside the list of ids")
    let rows = table.count / layout.stride
    let list = unsafe ids.pointer
    let base = unsafe table.pointer
    for entry in range {
      let next = entry &+ Self.ahead
      if next < range.upperBound {
        // A wrong id ahead is only asked for here; it traps below when its turn comes.
        let address = unsafe base + Int(list[next]) &* layout.stride
        unsafe prefetch(address, count: layout.stride)
      }
      let id = unsafe Int(list[entry])
      precondition(id < rows, "an id beyond the last row of the table")
      unsafe body(base + id &* layout.stride, entry)
    }
  }

  /// The row itself if it is at `version`, else a copy in `scratch` brought there.
  @inline(__always)
  func caughtUp(
    _ row: UnsafeMutablePointer<Float>, version: Int, _ segment: RowSchedule.Segment,
    scratch: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let last = unsafe lastStep(row)
    precondition(last <= version, "a row is newer than the version it shall be read at")
    if last == version { return unsafe row }
    unsafe scratch.update(from: row, count: layout.stride)
    unsafe schedule.advance(
      scratch, width: layout.width, from: last, to: version, last: segment)
    return unsafe scratch
  }

  /// Lends room for one row.
  func withCopy(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    unsafe RoomOnStack.lend(layout.stride, body)
  }

  @inline(__always)
  func copy(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var offset = 0
    while offset < count {
      let part = min(8, count &- offset)
      unsafe Octet.load(source + offset, part).store(target + offset, part)
      offset &+= 8
    }
  }

  private func checkRoom(_ weights: Floats, _ range: Range<Int>) {
    precondition(range.upperBound * layout.width <= weights.count, "no room for the rows read")
  }
}
