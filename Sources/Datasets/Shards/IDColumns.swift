import Kernels

/// Where the ids of a row stand: one column for each field or, where a field has lists, as many as
/// a list may have values.
struct IDColumns: Sendable, Equatable {
  /// The field of each column.
  let fields: [Int]
  /// The first column of each field.
  let starts: [Int]

  /// Fields in order; without lists all have one value.
  init(fieldCount: Int, lists: [ValueList?] = []) {
    precondition(lists.isEmpty || lists.count == fieldCount, "lists of other fields")
    var fields: [Int] = []
    starts = (0..<fieldCount).map { field in
      defer {
        let length = lists.isEmpty ? 1 : lists[field]?.maximum ?? 1
        fields += Array(repeating: field, count: length)
      }
      return fields.count
    }
    self.fields = fields
  }

  /// How many columns there are.
  var count: Int { fields.count }

  /// Whether a row may have no id in a column: all columns of a list but the first.
  func isOptional(_ column: Int) -> Bool { starts[fields[column]] != column }

  /// How many different numbers each column of a shard holds: the ids of its field and, where there
  /// may be none, one for that.
  func codeCounts(fieldSizes: [Int]) -> [Int] {
    fields.enumerated().map { fieldSizes[$1] + (isOptional($0) ? 1 : 0) }
  }
}
