import Kernels
import Synchronization

/// Counts the values of every field over all rows, from many threads.
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
      let keys = rows.column(column)
      cells[field].counts.withLock { counts in
        var long: [UInt64] = []
        counts.table.count(keys) { long.append($0) }
        for key in long { counts.long[rows.bytes(of: key, in: block), default: 0] += 1 }
      }
    }
  }

  /// The values of a field that occur at least `minimumCount` times; all of a closed field.
  func vocabulary(of field: Int, minimumCount: Int) -> FieldVocabulary {
    cells[field].counts.withLock { counts in
      let least = fields[field].closed == true ? 1 : UInt64(max(minimumCount, 0))
      let short = counts.table.entries.filter { $0.number >= least }
      let long = counts.long.filter { $0.value >= least }.map { ($0.key, $0.value) }
      return FieldVocabulary(short: short, long: long)
    }
  }
}
