import Kernels
import Synchronization

/// Collects the rows of one split into groups that many threads fill, and writes full groups to
/// the shards in their order.
final class GroupAssembler: Sendable {
  /// Consecutive rows of a group that one thread fills.
  struct Part: Sendable {
    let group: RowGroup
    /// Place of the group in the split.
    let index: Int
    /// The rows of the group to fill.
    let rows: Range<Int>
  }

  private struct Open {
    var group: RowGroup
    var missing: Int
  }

  private struct State: ~Copyable {
    var open: [Int: Open] = [:]
    var free: [RowGroup] = []
  }

  private struct Output: ~Copyable {
    var writer: ShardWriter
    var waiting: [Int: (bytes: [UInt8], rows: Int)] = [:]
    var next = 0
    /// Rows with each label.
    var labelCounts: [Int]
  }

  /// How many rows the split has, if it is known before the end.
  private let rowCount: Int?
  private let groupRows: Int
  private let columnCount: Int
  private let classes: Int
  private let split: Split
  private let state = Mutex(State())
  private let output: Mutex<Output>

  init(
    folder: String, split: Split, rowCount: Int?, groupRows: Int, columnCount: Int, classes: Int
  ) {
    self.classes = classes
    self.rowCount = rowCount
    self.groupRows = groupRows
    self.columnCount = columnCount
    self.split = split
    output = Mutex(
      Output(
        writer: ShardWriter(
          folder: folder, split: split, columnCount: columnCount, groupRows: groupRows),
        labelCounts: Array(repeating: 0, count: classes)))
  }

  /// The parts of groups that hold these rows of the split.
  func parts(of rows: Range<Int>) -> [Part] {
    guard !rows.isEmpty else { return [] }
    return state.withLock { state in
      (rows.lowerBound / groupRows...(rows.upperBound - 1) / groupRows).map { index in
        if state.open[index] == nil {
          let group =
            state.free.popLast() ?? RowGroup(capacity: groupRows, columnCount: columnCount)
          state.open[index] = Open(group: group, missing: size(index))
        }
        let start = index * groupRows
        let inside = rows.clamped(to: start..<start + groupRows)
        return Part(
          group: state.open[index]?.group ?? RowGroup(capacity: 0, columnCount: 0), index: index,
          rows: inside.lowerBound - start..<inside.upperBound - start)
      }
    }
  }

  /// Tells that a part is filled; the thread that fills the last one stores the group.
  func finish(_ part: Part, with encoder: RowGroupEncoder) throws(DataError) {
    let isFull = state.withLock { state in
      state.open[part.index]?.missing -= part.rows.count
      guard state.open[part.index]?.missing == 0 else { return false }
      state.open[part.index] = nil
      return true
    }
    guard isFull else { return }
    try store(part.group, rows: size(part.index), index: part.index, with: encoder)
  }

  private func store(
    _ group: RowGroup, rows: Int, index: Int, with encoder: RowGroupEncoder
  ) throws(DataError) {
    let bytes = encoder.encode(group, rows: rows)
    var counts = [Int](repeating: 0, count: classes)
    for row in 0..<rows { counts[Int(group.labels[row])] += 1 }
    state.withLock { $0.free.append(group) }
    try deliver(bytes, rows: rows, labelCounts: counts, index: index)
  }

  /// Writes a group when its turn has come, with those that waited for it.
  private func deliver(
    _ bytes: View<UInt8>, rows: Int, labelCounts: [Int], index: Int
  ) throws(DataError) {
    try output.withLock { (output) throws(DataError) in
      for (label, count) in labelCounts.enumerated() { output.labelCounts[label] += count }
      guard index == output.next else {
        output.waiting[index] = (bytes.array, rows)
        return
      }
      try output.writer.append(bytes, rows: rows)
      output.next += 1
      while let group = output.waiting.removeValue(forKey: output.next) {
        try output.writer.append(View(group.bytes), rows: group.rows)
        output.next += 1
      }
    }
  }

  /// Completes the files after the last part: where the number of rows was not known, the last
  /// group is still open.
  func finish(with encoder: RowGroupEncoder) throws(DataError) -> Manifest.SplitRows {
    if let (index, open) = state.withLock({ $0.open.popFirst() }) {
      try store(open.group, rows: groupRows - open.missing, index: index, with: encoder)
    }
    return try output.withLock { (output) throws(DataError) in
      try output.writer.finish()
      return Manifest.SplitRows(
        split: split, rows: output.labelCounts.reduce(0, +), positives: output.labelCounts[1],
        labelCounts: classes > 2 ? output.labelCounts : nil, files: output.writer.files)
    }
  }

  private func size(_ index: Int) -> Int {
    min(groupRows, rowCount.map { $0 - index * groupRows } ?? groupRows)
  }
}
