import Kernels
import Synchronization

/// The second pass, or the only one where ids are hashes: encodes rows and writes the shards.
final class EncodingPass: Sendable {
  private let options: Preparation
  private let queue: BlockQueue
  private let totalBytes: Int?
  private let progress: @Sendable (Preparation.Progress) -> Void
  private let encoders: [FieldEncoder]
  private let fieldSizes: [Int]
  private let columns: IDColumns
  /// How many rows each block had when they were counted.
  private let counted: [Int]?
  /// Takes the lines that are no rows where nothing was counted before.
  private let badLines: BadLineList
  private let plan: SplitPlan
  private let noise: Randomness
  private let assemblers: [GroupAssembler]
  private let rowGate = TurnGate(width: 1)
  private let splitGate = TurnGate(width: 3)
  private let rowsDone = Mutex(0)
  private let cuts = Mutex(0)

  init(
    options: Preparation, folder: String, vocabulary: Vocabulary, counted: [Int]?,
    badLines: BadLineList, queue: BlockQueue, totalBytes: Int?,
    progress: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.options = options
    self.queue = queue
    self.totalBytes = totalBytes
    self.progress = progress
    self.counted = counted
    self.badLines = badLines
    fieldSizes = vocabulary.fieldSizes
    encoders = vocabulary.encoders
    let columns = options.schema.idColumns
    self.columns = columns
    let plan = SplitPlan(
      rows: counted?.reduce(0, +), fractions: options.splitFractions, seed: options.seed)
    self.plan = plan
    noise = Randomness(seed: options.seed, purpose: .labelNoise)
    assemblers = Split.allCases.enumerated().map { index, split in
      GroupAssembler(
        folder: folder, split: split, rowCount: plan.counts?[index],
        groupRows: options.groupRows, columnCount: columns.count, classes: options.classes)
    }
  }

  /// How many lists of values were cut.
  var cutLists: Int { cuts.withLock(\.self) }

  /// Encodes everything; returns what each split holds. Throws for more bad lines than allowed.
  func run() throws(DataError) -> [Manifest.SplitRows] {
    let failures = Failures()
    onThreads(options.threads) { [self] thread in
      var block = 0
      do throws(DataError) { try work(at: &block) } catch {
        stop()
        failures.add(error, item: block)
      }
    }
    // A line that is bad comes before a failure to read further on.
    if counted == nil { try badLines.check() }
    try failures.throwFirst()
    let encoder = makeEncoder()
    return try assemblers.map { assembler throws(DataError) in try assembler.finish(with: encoder) }
  }

  private func stop() {
    queue.stop()
    rowGate.open()
    splitGate.open()
  }

  private func makeEncoder() -> RowGroupEncoder {
    RowGroupEncoder(
      fieldSizes: fieldSizes, columns: columns, groupRows: options.groupRows,
      classes: options.classes)
  }

  /// `index` is that of the last block it began with.
  private func work(at index: inout Int) throws(DataError) {
    let block = LineBlock(capacity: options.blockByteCount)
    let rows = ParsedRows(
      columnCount: columns.count, byteCount: options.blockByteCount + 1)
    let parser = options.schema.parser(classes: options.classes, labels: .required)
    let encoder = makeEncoder()
    let ids = View<UInt32>(count: rows.capacity)
    while try queue.next(into: block) {
      index = block.index
      try parser.parse(block, into: rows)
      if let counted {
        guard block.index < counted.count, counted[block.index] == rows.count else {
          throw changed(block)
        }
      } else if !badLines.add(rows, of: block) {
        return stop()
      }
      guard let before = rowGate.pass(block.index, counts: [rows.count]) else { return }
      let members = membership(of: before[0]..<before[0] + rows.count)
      guard let starts = splitGate.pass(block.index, counts: members.map(\.count)) else { return }
      spoil(rows, first: before[0], members)
      try encode(rows, block, members, starts, encoder, ids)
      cuts.withLock { $0 += rows.cutLists }
      note(rows.count)
    }
  }

  /// The rows of a block that belong to each split.
  private func membership(of rows: Range<Int>) -> [[Int32]] {
    var members: [[Int32]] = [[], [], []]
    for (place, row) in rows.enumerated() {
      members[plan.split(of: row)].append(Int32(place))
    }
    return members
  }

  /// Makes labels wrong where that is asked for; `first` is the number of the block's first row.
  private func spoil(_ rows: ParsedRows, first: Int, _ members: [[Int32]]) {
    guard let labelNoise = options.labelNoise else { return }
    for (split, places) in zip(Split.allCases, members) where labelNoise.splits.contains(split) {
      for place in places {
        rows.labels[Int(place)] = labelNoise.label(
          rows.labels[Int(place)], row: first + Int(place), classes: options.classes, noise)
      }
    }
  }

  private func encode(
    _ rows: ParsedRows, _ block: LineBlock, _ members: [[Int32]], _ starts: [Int],
    _ encoder: RowGroupEncoder, _ ids: View<UInt32>
  ) throws(DataError) {
    let parts = zip(assemblers, zip(members, starts)).map { assembler, share in
      assembler.parts(of: share.1..<share.1 + share.0.count)
    }
    for (column, field) in columns.fields.enumerated() {
      guard encoders[field].encode(column, of: rows, block, into: ids) == nil else {
        throw changed(block)
      }
      distribute(parts, members, ids) { group in
        group.ids.slice(column * group.capacity, group.capacity)
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
