import Kernels

/// Reads raw lines and encodes them with the vocabulary of a prepared data set, in input order: for
/// prediction on rows that were never prepared.
///
/// Values without an id, unseen ones too, get the id that rare values share; where a field has
/// none, they are refused. A line may lack the label column or have it empty; its label is then 0.
/// Used by one thread at a time.
public final class RawRowReader {
  private let blocks: BlockReader
  private let parser: any LineParser
  private let schema: TableSchema
  private let encoders: [FieldEncoder]
  private let columns: IDColumns
  private let offsets: [UInt32]
  private let block: LineBlock
  private let parsed: ParsedRows
  private let ids: View<UInt32>
  /// Rows of the block that were handed out.
  private var place = 0
  /// Lists of values so far of which only the first were taken.
  public private(set) var cutLists = 0

  /// Opens the inputs (files, plain, gzip or zstd, or "-") to be encoded with `vocabulary`.
  /// Labels, where there are any, are of `classes` classes.
  public convenience init(vocabulary: Vocabulary, inputs: [String], classes: Int = 2) {
    self.init(vocabulary: vocabulary, inputs: inputs, classes: classes, blockByteCount: 1 << 20)
  }

  init(vocabulary: Vocabulary, inputs: [String], classes: Int = 2, blockByteCount: Int) {
    schema = vocabulary.schema
    parser = schema.parser(classes: classes, labels: .optional)
    encoders = vocabulary.encoders
    let columns = schema.idColumns
    self.columns = columns
    var offset = 0
    let fieldOffsets = vocabulary.fieldSizes.map { size in
      defer { offset += size }
      return UInt32(offset)
    }
    offsets = columns.fields.map { fieldOffsets[$0] }
    block = LineBlock(capacity: blockByteCount)
    parsed = ParsedRows(columnCount: columns.count, byteCount: blockByteCount + 1)
    ids = View(count: parsed.capacity * columns.count)
    blocks = BlockReader(paths: inputs, maximumLines: parsed.capacity)
  }

  /// Fills `rows` with the next rows, as many as it has room for and a block has left; false at the
  /// end. Throws `.malformed` with file and line for a line that is no row.
  public func next(into rows: SliceRows) throws(DataError) -> Bool {
    precondition(rows.columnCount == columns.count, "the rows have other fields")
    precondition(rows.capacity > 0, "there is no room for rows")
    while place == parsed.count {
      guard try blocks.next(into: block) else { return false }
      try encodeBlock()
    }
    let count = min(rows.capacity, parsed.count - place)
    for row in 0..<count {
      rows.labels[row] = Float(parsed.labels[place + row])
      for column in offsets.indices {
        let id = ids[column * parsed.capacity + place + row]
        rows.ids[row * offsets.count + column] =
          id == StampTable.absent ? id : id + offsets[column]
      }
    }
    rows.count = count
    place += count
    return true
  }

  private func encodeBlock() throws(DataError) {
    place = 0
    try parser.parse(block, into: parsed)
    if let bad = parsed.badLines.first {
      throw failure(bad, remedy: "correct the line")
    }
    cutLists += parsed.cutLists
    for (column, field) in columns.fields.enumerated() {
      let unknown = encoders[field].encode(
        column, of: parsed, block, into: ids.slice(column * parsed.capacity, parsed.capacity))
      if let unknown {
        let bad = BadLine(
          line: parsed.firstLine + unknown, field: schema.fields[field].name,
          problem: "the data that the model was trained on does not have this value", text: [])
        throw failure(
          bad,
          remedy: "leave the line out, or prepare with --min-count 2 and train again: then unknown "
            + "values share an id")
      }
    }
  }

  /// Forgets the block: what follows a failure is not read.
  private func failure(_ bad: BadLine, remedy: String) -> DataError {
    parsed.count = 0
    return DataError(
      .malformed, "encode", at: "\(block.head.name):\(bad.line)", bad.sentence,
      remedy: "\(remedy); each row needs one prediction")
  }
}
