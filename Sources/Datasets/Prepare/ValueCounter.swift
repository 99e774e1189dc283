import Kernels
import Synchronization

/// Counts in how many rows each value of every field occurs, from many threads.
///
/// A field has one table, whoever counts: memory is bounded by the number of distinct values, and
/// the counts do not depend on threads.
final class ValueCounter: Sendable {
  private struct FieldCounts: ~Copyable {
    var table = ValueTable()
    var long: [[UInt8]: UInt64] = [:]
  }

  private final class Cell: Sendable {
    let counts = Mutex(FieldCounts())
  }

  private let cells: [Cell]
  private let fields: [TableSchema.Field]
  private let columns: IDColumns

  /// Fields with hashed ids are not counted.
  init(_ schema: TableSchema) {
    fields = schema.fields
    columns = schema.idColumns
    cells = fields.map { _ in Cell() }
  }

  /// Adds the rows of a block. `offset` lets threads begin with different columns, so that they
  /// seldom meet at one table.
  func add(_ rows: ParsedRows, of block: LineBlock, offset: Int) {
    for step in 0..<columns.count {
      let column = (step + offset) % columns.count
      let field = columns.fields[column]
      if fields[field].hashBuckets != nil { continue }
      let keys =
        columns.isOptional(column) ? firsts(rows, block, column) : rows.column(column)
      cells[field].counts.withLock { counts in
        var long: [UInt64] = []
        counts.table.count(keys) { long.append($0) }
        for key in long { counts.long[rows.bytes(of: key, in: block), default: 0] += 1 }
      }
    }
  }

  /// The keys of a later column of a list, but 0 where an earlier one of the row has the same
  /// value: rows are counted, not occurrences.
  private func firsts(_ rows: ParsedRows, _ block: LineBlock, _ column: Int) -> View<UInt64> {
    let keys = View(rows.column(column).array)
    let earlier = (columns.starts[columns.fields[column]]..<column).map { rows.column($0) }
    for row in 0..<keys.count where keys[row] != 0 {
      let isRepeated = earlier.contains { rows.isSame(keys[row], $0[row], in: block) }
      if isRepeated { keys[row] = 0 }
    }
    return keys
  }

  /// The values of a field that occur in at least `minimumCount` rows; all of a closed field.
  func vocabulary(of field: Int, minimumCount: Int) -> FieldVocabulary {
    cells[field].counts.withLock { counts in
      let least = fields[field].closed == true ? 1 : UInt64(max(minimumCount, 0))
      let short = counts.table.entries.filter { $0.number >= least }
      let long = counts.long.filter { $0.value >= least }.map { ($0.key, $0.value) }
      return FieldVocabulary(short: short, long: long)
    }
  }
}
