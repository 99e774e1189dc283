/// The tables that are known by name.
extension TableSchema {
  /// Criteo's 40 tab-separated columns: a label, I1 to I13, C1 to C26; the Kaggle set of 2014.
  public static let criteo = criteoTable("criteo")
  /// The 1 TB click logs, which have the columns of the Kaggle set.
  public static let criteoTerabyte = criteoTable("criteo-1tb")

  private static func criteoTable(_ name: String) -> TableSchema {
    TableSchema(
      name: name,
      fields: (1...13).map { Field(name: "I\($0)", kind: .integer) }
        + (1...26).map { Field(name: "C\($0)", kind: .category) },
      label: LabelRule(column: "label"))
  }

  /// Avazu's table: 24 comma-separated columns with their names. The label is `click`; all columns
  /// but `id` are fields, as they are.
  /// Source: rixwew/pytorch-fm `torchfm/dataset/avazu.py`.
  public static let avazu = TableSchema(
    name: "avazu",
    fields: [
      "hour", "C1", "banner_pos", "site_id", "site_domain", "site_category", "app_id",
      "app_domain", "app_category", "device_id", "device_ip", "device_model", "device_type",
      "device_conn_type", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21",
    ].map { Field(name: $0) },
    label: LabelRule(column: "click"),
    columns: ColumnForm(separators: [","], header: .present))

  /// MovieLens: user, movie, rating, time, between `::` (1M), tabs (100K) or commas under a header
  /// (20M and later). Ratings above `threshold` are label 1 of two classes; the stars 1 to 5 are
  /// five classes, to which half stars are rounded; ten classes are the half stars.
  ///
  /// Without `sharedID` users and movies are numbered densely, and unknown ones are refused.
  public static func movieLens(
    classes: Int, threshold: Double = 3, halfStars: LabelRule.Rounding = .up, sharedID: Bool = false
  ) -> TableSchema {
    precondition([2, 5, 10].contains(classes), "ratings are of 2, 5 or 10 classes")
    let label =
      switch classes {
      case 2: LabelRule(column: "rating", above: threshold)
      case 5: LabelRule(column: "rating", first: 1, step: 1, rounding: halfStars)
      default: LabelRule(column: "rating", first: 0.5, step: 0.5)
      }
    return TableSchema(
      name: "movielens",
      fields: ["userId", "movieId"].map { Field(name: $0, closed: sharedID ? nil : true) },
      label: label,
      columns: ColumnForm(
        separators: ["::", "\t", ","], header: .detected,
        names: ["userId", "movieId", "rating", "timestamp"]))
  }

  /// libffm text, `label field:feature:value`, with fields `first` to `first + fields − 1`.
  /// Values are 1, or become buckets of `width` beside the feature.
  public static func libffm(fields: Int, first: Int = 0, width: Double? = nil) -> TableSchema {
    TableSchema(
      name: "libffm", fields: (0..<fields).map { Field(name: "\(first + $0)") },
      label: LabelRule(column: "label"),
      sparse: SparseForm(fieldAware: true, first: first, width: width))
  }

  /// libsvm text, `label index:value`, where each index from `first` on is a field. Its values are
  /// taken as text, or become buckets of `width`.
  public static func libsvm(fields: Int, first: Int = 1, width: Double? = nil) -> TableSchema {
    TableSchema(
      name: "libsvm",
      fields: (0..<fields).map {
        Field(name: "\(first + $0)", kind: width == nil ? .category : .number, width: width)
      },
      label: LabelRule(column: "label"),
      sparse: SparseForm(fieldAware: false, first: first, width: width))
  }

  /// libsvm text of one-hot fields: each begins at one of `starts` and ends before the next. The
  /// index is the field's value; values are 1, or become buckets of `width` beside the index.
  public static func libsvm(starts: [Int], width: Double? = nil) -> TableSchema {
    TableSchema(
      name: "libsvm", fields: starts.map { Field(name: "\($0)") },
      label: LabelRule(column: "label"),
      sparse: SparseForm(
        fieldAware: false, first: starts.first ?? 0, starts: starts, width: width))
  }

  /// The schema of this name that needs no options ("criteo", "criteo-1tb", "avazu"), or nil.
  public static func named(_ name: String) -> TableSchema? {
    [criteo, criteoTerabyte, avazu].first { $0.name == name }
  }
}
