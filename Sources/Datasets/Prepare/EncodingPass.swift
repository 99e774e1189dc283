import Kernels
import Synchronization

/// The second pass: encodes rows and writes the shards.
final class EncodingPass: Sendable {
  private let options: Preparation
  private let queue: BlockQueue
  private let totalBytes: Int?
  private let progress: @Sendable (Preparation.Progress) -> Void
  private let encoders: [FieldEncoder]
  private let fieldSizes: [Int]
  private let blockRows: [Int]
  private let firstRows: [Int]
  private let plan: SplitPlan
  private let assemblers: [GroupAssembler]
  private let gate = SplitGate()
  private let rowsDone = Mutex(0)

  init(
    options: Preparation, folder: String, vocabulary: Vocabulary, blockRows: [Int],
    queue: BlockQueue, totalBytes: Int?,
    progress: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.options = options
    self.queue = queue
    self.totalBytes = totalBytes
    self.progress = progress
    self.blockRows = blockRows
    fieldSizes = vocabulary.fieldSizes
    encoders = vocabulary.fields.map { FieldEncoder($0) }
    var rows = 0
    firstRows = blockRows.map { count in
      defer { rows += count }
      return rows
    }
    let plan = SplitPlan(rows: rows, fractions: options.splitFractions, seed: options.seed)
    self.plan = plan
    assemblers = Split.allCases.enumerated().map { index, split in
      GroupAssembler(
        folder: folder, split: split, rowCount: plan.counts[index], groupRows: options.groupRows,
        fieldCount: vocabulary.fields.count, classes: options.classes)
    }
  }

  /// Encodes everything; returns what each split holds.
  func run() throws(DataError) -> [Manifest.SplitRows] {
    let failures = Failures()
    onThreads(options.threads) { [self] thread in
      do throws(DataError) { try work() } catch {
        queue.stop()
        gate.open()
        failures.add(error, item: thread)
      }
    }
    try failures.throwFirst()
    return try assemblers.map { assembler throws(DataError) in try assembler.finish() }
  }

  private func work() throws(DataError) {
    let block = LineBlock(capacity: options.blockByteCount)
    let rows = ParsedRows(
      fieldCount: encoders.count, byteCount: options.blockByteCount + 1)
    let parser = RowParser(schema: options.schema, classes: options.classes)
    let encoder = RowGroupEncoder(
      fieldSizes: fieldSizes, groupRows: options.groupRows, classes: options.classes)
    let ids = View<UInt32>(count: rows.capacity)
    while try queue.next(into: block) {
      let count = block.index < blockRows.count ? blockRows[block.index] : -1
      let members = membership(of: block.index, count: max(count, 0))
      guard let starts = gate.pass(block.index, counts: members.map(\.count)) else { return }
      parser.parse(block, into: rows)
      guard rows.count == count else { throw changed(block) }
      try encode(rows, block, members, starts, encoder, ids)
      note(count)
    }
  }

  /// The rows of a block that belong to each split.
  private func membership(of block: Int, count: Int) -> [[Int32]] {
    var members: [[Int32]] = [[], [], []]
    for row in 0..<count {
      members[plan.split(of: firstRows[block] + row)].append(Int32(row))
    }
    return members
  }

  private func encode(
    _ rows: ParsedRows, _ block: LineBlock, _ members: [[Int32]], _ starts: [Int],
    _ encoder: RowGroupEncoder, _ ids: View<UInt32>
  ) throws(DataError) {
    let parts = zip(assemblers, zip(members, starts)).map { assembler, share in
      assembler.parts(of: share.1..<share.1 + share.0.count)
    }
    for field in encoders.indices {
      encoders[field].encode(rows.column(field), of: block, into: ids)
      distribute(parts, members, ids) { group in
        group.ids.slice(field * group.capacity, group.capacity)
      }
    }
    distribute(parts, members, rows.labels) { $0.labels }
    for (assembler, parts) in zip(assemblers, parts) {
      for part in parts { try assembler.finish(part, with: encoder) }
    }
  }

  /// Copies one column of a block into the groups.
  private func distribute<Element: BitwiseCopyable>(
    _ parts: [[GroupAssembler.Part]], _ members: [[Int32]], _ source: View<Element>,
    column: (RowGroup) -> View<Element>
  ) {
    for (parts, members) in zip(parts, members) {
      var next = 0
      for part in parts {
        let target = column(part.group).slice(part.rows.lowerBound, part.rows.count)
        unsafe members.withUnsafeBufferPointer { members in
          for place in 0..<target.count {
            let row = unsafe Int(members[next + place])
            unsafe target.pointer[place] = source.pointer[row]
          }
        }
        next += part.rows.count
      }
    }
  }

  private func note(_ count: Int) {
    let bytes = queue.consumedByteCount
    rowsDone.withLock { rows in
      rows += count
      progress(
        Preparation.Progress(phase: .encoding, rows: rows, bytes: bytes, totalBytes: totalBytes))
    }
  }

  private func changed(_ block: LineBlock) -> DataError {
    DataError(
      .malformed, "prepare", at: options.inputs.joined(separator: ", "),
      "the input changed between the first and the second reading",
      remedy: "prepare again while nobody writes the input")
  }
}

/// Lets blocks through in their order and tells each where its rows of a split begin.
private final class SplitGate: Sendable {
  private struct State {
    var next = 0
    var starts = [0, 0, 0]
    var isOpen = false
  }

  private let monitor = Monitor()
  private let state = Mutex(State())

  /// Waits for the blocks before; nil after `open`.
  func pass(_ block: Int, counts: [Int]) -> [Int]? {
    monitor.locked {
      while state.withLock({ $0.next != block && !$0.isOpen }) { monitor.wait() }
      let starts: [Int]? = state.withLock { state in
        guard !state.isOpen else { return nil }
        defer {
          state.next += 1
          state.starts = zip(state.starts, counts).map(+)
        }
        return state.starts
      }
      monitor.wakeAll()
      return starts
    }
  }

  /// Lets everybody through after a failure.
  func open() {
    monitor.locked {
      state.withLock { $0.isOpen = true }
      monitor.wakeAll()
    }
  }
}
