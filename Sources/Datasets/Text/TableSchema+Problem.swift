/// What a schema must be, whoever wrote it: a person in YAML, the command line, or a manifest.
extension TableSchema {
  /// The most fields that a table may have.
  public static let maximumFields = 4096

  /// The first thing that is impossible, as a sentence; nil for a schema that can be used.
  public var problem: String? {
    if !Self.isName(name) { return "the table has no name" }
    guard (1...Self.maximumFields).contains(fieldCount) else {
      return "a table has 1 to \(Self.maximumFields) fields, not \(fieldCount)"
    }
    var seen: Set<String> = []
    for field in fields {
      if !Self.isName(field.name) { return "a field has no usable name: '\(field.name)'" }
      if !seen.insert(field.name).inserted { return "two fields are called '\(field.name)'" }
      if let problem = field.problem { return "field \(field.name): \(problem)" }
    }
    guard idColumns.count <= Self.maximumFields else {
      return "all fields together have at most \(Self.maximumFields) values in a row, not "
        + "\(idColumns.count)"
    }
    if columns == nil, let field = fields.first(where: { $0.list != nil }) {
      return "field \(field.name): only tables of columns have lists of values"
    }
    let hashed = fields.reduce(0) { $0 + ($1.hashBuckets ?? 0) }
    if hashed > Int(UInt32.max) { return "all hash buckets together are more than 2³² − 1" }
    if let problem = label.problem { return problem }
    if columns != nil && sparse != nil { return "lines are of columns or sparse, not both" }
    return columns.flatMap { $0.problem(of: self) } ?? sparse.flatMap { $0.problem(of: self) }
  }

  /// Names stand in messages and in lines of the vocabulary, between tabs.
  fileprivate static func isName(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && !text.utf8.contains { $0 < 0x20 }
  }
}

extension TableSchema.Field {
  fileprivate var problem: String? {
    if let hashBuckets, !(1...1 << 31).contains(hashBuckets) {
      return "there can be 1 to 2³¹ hash buckets, not \(hashBuckets)"
    }
    if hashBuckets != nil && closed == true { return "hashed values cannot be closed" }
    if let problem = list?.problem { return problem }
    if list != nil && closed == true { return "a list of values cannot be closed" }
    if kind != .number && (width != nil || edges != nil) {
      return "only numbers have buckets of a width or with edges"
    }
    if width != nil && edges != nil { return "buckets have a width or edges, not both" }
    if let width, !(width > 0 && width.isFinite) { return "the width of buckets must be above 0" }
    if let edges {
      guard (1...65_536).contains(edges.count), edges.allSatisfy(\.isFinite),
        zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
      else { return "the edges of buckets must be 1 to 65,536 ascending numbers" }
    }
    return nil
  }
}

extension ListForm {
  fileprivate var problem: String? {
    guard (1...256).contains(maximum) else {
      return "a list has at most 1 to 256 values, not \(maximum)"
    }
    return ColumnForm.canSeparate(separator)
      ? nil : "'\(separator)' cannot separate values: \(ColumnForm.separators)"
  }
}

extension ColumnForm {
  fileprivate static let separators =
    "take 1 to 4 characters of ASCII that are no letters, digits, quotes, signs, points or line "
    + "ends"

  fileprivate func problem(of schema: TableSchema) -> String? {
    guard !separators.isEmpty else { return "there is no separator" }
    for separator in separators where !Self.canSeparate(separator) {
      return "'\(separator)' cannot separate columns: \(Self.separators)"
    }
    for field in schema.fields where field.list.map({ separators == [$0.separator] }) ?? false {
      return "field \(field.name): values and columns have the same separator"
    }
    var wanted: Set = [schema.label.column]
    for field in schema.fields where !wanted.insert(field.column ?? field.name).inserted {
      return "the column '\(field.column ?? field.name)' is used twice"
    }
    guard names.count <= TableSchema.maximumFields * 2 else { return "there are too many columns" }
    if header == .present && names.isEmpty { return nil }
    guard Set(names).count == names.count else { return "two columns have the same name" }
    let missing = wanted.subtracting(names).min()
    return missing.map { "there is no column '\($0)' among the names of the columns" }
  }

  fileprivate static func canSeparate(_ text: String) -> Bool {
    (1...4).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: false
        case UInt8(ascii: "\t"): true
        case UInt8(ascii: "\""), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): false
        default: (0x20..<0x7F).contains(byte)
        }
      }
  }
}

extension SparseForm {
  /// Numbers of fields and indices are below this.
  public static let limit = 1 << 31

  fileprivate func problem(of schema: TableSchema) -> String? {
    guard (0..<Self.limit).contains(first) else { return "the first field has no usable number" }
    if let width, !(width > 0 && width.isFinite) { return "the width of buckets must be above 0" }
    guard let starts else { return nil }
    guard !fieldAware, starts.count == schema.fieldCount, starts.first == first,
      starts.allSatisfy({ (0..<Self.limit).contains($0) }),
      zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
    else { return "the starts of fields must be ascending indices" }
    return nil
  }
}

extension LabelRule {
  fileprivate var problem: String? {
    guard !column.isEmpty else { return "the label's column has no name" }
    if [above != nil, first != nil || step != nil, values != nil].count(where: { $0 }) > 1 {
      return "the label has one of: above, first and step, values"
    }
    if let above, !above.isFinite { return "the label's threshold is no number" }
    if (first == nil) != (step == nil) { return "the label's first and step belong together" }
    if let first, let step, !(first.isFinite && step > 0 && step.isFinite) {
      return "the label's step must be above 0"
    }
    if rounding != nil && step == nil { return "only labels in steps are rounded" }
    if let values {
      guard (2...Manifest.maximumClasses).contains(values.count),
        Set(values).count == values.count
      else { return "the label's values must be 2 to \(Manifest.maximumClasses) different texts" }
    }
    return nil
  }
}
