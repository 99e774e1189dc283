/// What a raw table is: how its lines are cut, where the label is, which columns become fields.
///
/// A manifest and a run keep the schema of their data as JSON, so that raw rows can be scored
/// later. Lines are those of Criteo (label, fields, tabs) where neither `columns` nor `sparse` says
/// else.
public struct TableSchema: Sendable, Equatable, Codable {
  /// How a field's raw values become tokens.
  public enum FieldKind: String, Sendable, Codable {
    /// Integers through pytorch-fm's bucket rule; empty ones are the token NULL.
    case integer
    /// Text as it is; empty is an ordinary value.
    case category
    /// Numbers through a bucket rule of the field; empty ones are the token NULL.
    case number
  }

  /// A column that a model sees.
  public struct Field: Sendable, Equatable, Codable {
    /// Its name in messages and reports.
    public var name: String
    /// The column it is read from, where that has another name.
    public var column: String?
    /// How its values become tokens.
    public var kind: FieldKind
    /// Of a number: buckets of equal width, the n-th from n · width on.
    public var width: Double?
    /// Of a number: where buckets begin, ascending; without width and edges pytorch-fm's rule.
    public var edges: [Double]?
    /// Ids are hashes of tokens below this number; without it tokens with ids are listed.
    public var hashBuckets: Int?
    /// Whether each value has an id of its own, and values without one are refused. Else rare and
    /// unseen values share an id.
    public var closed: Bool?
    /// How several values stand in the column, if it may have several.
    public var list: ListForm?

    /// Names a field; see the properties.
    public init(
      name: String, kind: FieldKind = .category, column: String? = nil, width: Double? = nil,
      edges: [Double]? = nil, hashBuckets: Int? = nil, closed: Bool? = nil,
      list: ListForm? = nil
    ) {
      self.name = name
      self.column = column
      self.kind = kind
      self.width = width
      self.edges = edges
      self.hashBuckets = hashBuckets
      self.closed = closed
      self.list = list
    }

    /// How many ids the field has with these values listed.
    func size(of vocabulary: FieldVocabulary) -> Int {
      hashBuckets ?? vocabulary.keys.count + (closed == true ? 0 : 1)
    }
  }

  /// The name that the command line uses: "criteo".
  public var name: String
  /// The fields in order.
  public var fields: [Field]
  /// What labels mean.
  public var label: LabelRule
  /// Lines of columns, if they are.
  public var columns: ColumnForm?
  /// Lines that list what is there, if they do.
  public var sparse: SparseForm?

  /// Describes a table; see the properties.
  public init(
    name: String, fields: [Field], label: LabelRule, columns: ColumnForm? = nil,
    sparse: SparseForm? = nil
  ) {
    self.name = name
    self.fields = fields
    self.label = label
    self.columns = columns
    self.sparse = sparse
  }

  /// How many fields there are.
  public var fieldCount: Int { fields.count }

  /// The same table with ids that are hashes: of fields that do not say how many, this many.
  public func hashed(into buckets: Int) -> TableSchema {
    var schema = self
    for place in schema.fields.indices where schema.fields[place].hashBuckets == nil {
      schema.fields[place].hashBuckets = buckets
      schema.fields[place].closed = nil
    }
    return schema
  }

  /// What turns lines into rows.
  func parser(classes: Int, labels: LabelPresence) -> any LineParser {
    if let columns {
      return ColumnParser(schema: self, form: columns, classes: classes, labels: labels)
    }
    if let sparse {
      return SparseParser(schema: self, form: sparse, classes: classes, labels: labels)
    }
    return RowParser(schema: self, classes: classes, labels: labels)
  }
}

/// Lines of columns between separators.
public struct ColumnForm: Sendable, Equatable, Codable {
  /// Whether a file begins with the names of its columns.
  public enum Header: String, Sendable, Codable {
    /// It does; columns are found by their names, in any order.
    case present
    /// It does not; `names` says what the columns are.
    case absent
    /// It does where its first line holds the name of the label's column, or those of all fields.
    case detected
  }

  /// What separates columns: the first of these that is in the first line of a file.
  public var separators: [String]
  /// Whether a file begins with the names of its columns.
  public var header: Header
  /// The names of all columns, in order, of a file without header.
  public var names: [String]
  /// Whether values may stand in double quotes (RFC 4180; no line end inside).
  public var quoted: Bool

  /// Describes lines; see the properties.
  public init(
    separators: [String], header: Header, names: [String] = [], quoted: Bool = false
  ) {
    self.separators = separators
    self.header = header
    self.names = names
    self.quoted = quoted
  }
}

/// Lines that list what is there: a label, then `index:value` (libsvm) or `field:feature:value`
/// (libffm), between spaces. What a line does not list is an empty value.
public struct SparseForm: Sendable, Equatable, Codable {
  /// Whether entries name field and feature.
  public var fieldAware: Bool
  /// The number of the first field, where each number is a field.
  public var first: Int
  /// Of libsvm: the first index of each field, ascending; the index is the field's value.
  public var starts: [Int]?
  /// Values of entries become buckets of this width; without it they are 1, or are taken as text
  /// where each index is a field.
  public var width: Double?

  /// Describes lines; see the properties.
  public init(fieldAware: Bool, first: Int, starts: [Int]? = nil, width: Double? = nil) {
    self.fieldAware = fieldAware
    self.first = first
    self.starts = starts
    self.width = width
  }
}
