import Kernels

/// The categorical fields of a data set and where each one's features lie in the shared table.
public struct FeatureSchema: Sendable, Equatable {
  /// How many different values each field has.
  public let fieldSizes: [Int]
  /// The first row of each field: the row of value `id` of field f is `offsets[f] + id`.
  public let offsets: [Int]
  /// The number of rows of the shared table.
  public let rowCount: Int
  /// Makes one row of those of a list, where fields have lists of values.
  public let rowLists: RowLists?

  /// Fields of these sizes, in which those with a list may have several values in a row; traps when
  /// there are none or one is empty.
  public init(fieldSizes: [Int], lists: [ValueList?] = []) {
    precondition(lists.isEmpty || lists.count == fieldSizes.count, "lists of other fields")
    precondition(!fieldSizes.isEmpty, "a schema needs one field at least")
    precondition(fieldSizes.allSatisfy { $0 > 0 }, "every field needs one value at least")
    self.fieldSizes = fieldSizes
    var offsets: [Int] = []
    var total = 0
    for size in fieldSizes {
      offsets.append(total)
      total += size
    }
    self.offsets = offsets
    rowCount = total
    rowLists = RowLists(lists)
  }

  /// The number of fields.
  public var fieldCount: Int { fieldSizes.count }

  /// How many values each field has in a row at most.
  public var listLengths: [Int] { rowLists?.lengths ?? fieldSizes.map { _ in 1 } }

  /// How many ids an example has at most: one for each field, or as many as its list may have.
  public var columnCount: Int { rowLists?.columnCount ?? fieldCount }

  /// How many rows an example needs memory for at most: of its ids, and those made of its lists.
  public var rowsPerExample: Int { columnCount + (rowLists?.listCount ?? 0) }
}
