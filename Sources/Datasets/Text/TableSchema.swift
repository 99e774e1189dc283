/// The columns of a table: which fields it has, in order, after the label.
public struct TableSchema: Sendable, Equatable {
  /// How a field's raw values become tokens.
  public enum FieldKind: String, Sendable, Codable {
    /// Integers through pytorch-fm's bucket rule; empty ones are the token NULL.
    case integer
    /// Text as it is; empty is an ordinary value.
    case category
  }

  /// A column that a model sees.
  public struct Field: Sendable, Equatable {
    /// Its name in messages and reports.
    public let name: String
    /// How its values become tokens.
    public let kind: FieldKind
  }

  /// The name that the command line uses: "criteo".
  public let name: String
  /// The fields in the order of their columns.
  public let fields: [Field]

  /// How many fields there are.
  public var fieldCount: Int { fields.count }

  /// Criteo's 40 tab-separated columns: a label, I1 to I13, C1 to C26. The Kaggle set of 2014 and
  /// the 1 TB logs share it.
  public static let criteo = TableSchema(
    name: "criteo",
    fields: (1...13).map { Field(name: "I\($0)", kind: .integer) }
      + (1...26).map { Field(name: "C\($0)", kind: .category) })

  /// The schema of this name ("criteo", "criteo-1tb"), or nil.
  public static func named(_ name: String) -> TableSchema? {
    name == "criteo" || name == "criteo-1tb" ? criteo : nil
  }
}
