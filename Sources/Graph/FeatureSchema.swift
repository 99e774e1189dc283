/// The categorical fields of a data set and where each one's features lie in the shared table.
public struct FeatureSchema: Sendable, Equatable {
  /// How many different values each field has.
  public let fieldSizes: [Int]
  /// The first row of each field: the row of value `id` of field f is `offsets[f] + id`.
  public let offsets: [Int]
  /// The number of rows of the shared table.
  public let rowCount: Int

  /// Fields of these sizes; traps when there are none or one is empty.
  public init(fieldSizes: [Int]) {
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
  }

  /// The number of fields.
  public var fieldCount: Int { fieldSizes.count }
}
