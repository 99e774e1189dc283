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

  init(fieldCount: Int) { cells = (0..<fieldCount).map { _ in Cell() } }

  /// Adds the rows of a block. `offset` lets threads begin with different fields, so that they
  /// seldom meet at one table.
  func add(_ rows: ParsedRows, of block: LineBlock, offset: Int) {
    for step in cells.indices {
      let field = (step + offset) % cells.count
      let keys = rows.column(field)
      cells[field].counts.withLock { counts in
        var long: [UInt64] = []
        counts.table.count(keys) { long.append($0) }
        for key in long { counts.long[block.bytes(of: key), default: 0] += 1 }
      }
    }
  }

  /// The values of a field that occur at least `minimumCount` times.
  func vocabulary(of field: Int, minimumCount: Int) -> FieldVocabulary {
    cells[field].counts.withLock { counts in
      let least = UInt64(max(minimumCount, 0))
      let short = counts.table.entries.filter { $0.number >= least }
      let long = counts.long.filter { $0.value >= least }.map { ($0.key, $0.value) }
      return FieldVocabulary(short: short, long: long)
    }
  }
}

extension LineBlock {
  /// The bytes of a long value of this block.
  func bytes(of key: UInt64) -> [UInt8] {
    let range = ValueKey.longRange(key)
    return memory.slice(range.lowerBound, range.count).array
  }
}
