import Kernels

/// The values of all fields that have an id of their own.
///
/// Its file is text, one value a line in the order of ids: field name, token, count, separated by
/// tabs, under a first line that names the format. Tokens never hold a tab or line feed.
public struct Vocabulary: Sendable, Equatable {
  static let firstLine = "# autoloss vocabulary 1"
  let schema: TableSchema
  let fields: [FieldVocabulary]

  /// How many ids each field has: its kept values and, unless it is closed, one for all others; or
  /// its hash buckets.
  public var fieldSizes: [Int] { zip(schema.fields, fields).map { $0.size(of: $1) } }

  /// What finds the ids of each field's values.
  var encoders: [FieldEncoder] { zip(schema.fields, fields).map { FieldEncoder($1, of: $0) } }

  /// The tokens of a field in the order of their ids, and how often each occurred.
  public func tokens(of field: Int) -> [(token: [UInt8], count: Int)] {
    let vocabulary = fields[field]
    return zip(vocabulary.keys, vocabulary.counts).map { (vocabulary.token($0), Int($1)) }
  }

  init(schema: TableSchema, fields: [FieldVocabulary]) {
    self.schema = schema
    self.fields = fields
  }

  /// Reads a vocabulary file; throws `.corrupt` naming the line.
  init(file: MappedFile, schema: TableSchema) throws(DataError) {
    var reader = VocabularyReader(file: file, schema: schema)
    self.init(schema: schema, fields: try reader.read())
  }

  /// Writes the file; returns its size and SHA-256.
  func write(to path: String) throws(DataError) -> (byteCount: Int, sha256: String) {
    let file = try PosixFile(creating: path)
    let hash = SHA256()
    var text = Array("\(Self.firstLine)\n".utf8)
    var written = 0
    for (field, vocabulary) in zip(schema.fields, fields) {
      let name = Array("\(field.name)\t".utf8)
      for (key, count) in zip(vocabulary.keys, vocabulary.counts) {
        text += name
        text += vocabulary.token(key)
        text.append(UInt8(ascii: "\t"))
        text += String(count).utf8
        text.append(UInt8(ascii: "\n"))
        if text.count > 1 << 20 { try flush() }
      }
    }
    func flush() throws(DataError) {
      hash.update(text)
      try writeBytes(of: text, to: file)
      written += text.count
      text.removeAll(keepingCapacity: true)
    }
    try flush()
    try file.synchronise()
    return (written, hash.finish())
  }
}

/// Reads the lines of a vocabulary file.
private struct VocabularyReader {
  let file: MappedFile
  let schema: TableSchema
  var place = 0
  var line = 0

  mutating func read() throws(DataError) -> [FieldVocabulary] {
    guard let first = nextLine(), first.elementsEqual(Vocabulary.firstLine.utf8) else {
      throw failure("its first line is not '\(Vocabulary.firstLine)'")
    }
    var fields = schema.fields.map { _ in FieldVocabulary() }
    var seen = schema.fields.map { _ in Set<[UInt8]>() }
    var current = 0
    while let bytes = nextLine() {
      let parts = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard parts.count == 3 else { throw failure("the line has not three columns") }
      while current < fields.count, !parts[0].elementsEqual(schema.fields[current].name.utf8) {
        current += 1
      }
      guard current < fields.count else {
        throw failure("its field is unknown or out of order")
      }
      guard let count = UInt64(String(decoding: parts[2], as: UTF8.self)) else {
        throw failure("its count is not a number")
      }
      let token = Array(parts[1])
      guard seen[current].insert(token).inserted else { throw failure("its token appears twice") }
      guard schema.fields[current].hashBuckets == nil,
        fields[current].append(token, kind: schema.fields[current].kind, count: count)
      else {
        throw failure("its token does not fit the field")
      }
    }
    return fields
  }

  /// The next line without its end, or nil after the last.
  private mutating func nextLine() -> [UInt8]? {
    guard place < file.count else { return nil }
    line += 1
    let rest = unsafe file.slice(place..<file.count)
    let length = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
    place += length + 1
    return unsafe Array(rest.prefix(length))
  }

  private func failure(_ problem: String) -> DataError {
    DataError(
      .corrupt, "read vocabulary", at: "\(file.path):\(line)", problem,
      remedy: "the file was altered; prepare the data again")
  }
}

extension Vocabulary {
  /// Reads a copy of a data set's vocabulary file; throws for one that does not fit the schema or
  /// has other field sizes.
  public init(
    path: String, schema: TableSchema, fieldSizes: [Int]
  ) throws(DataError) {
    try self.init(file: try MappedFile(path: path), schema: schema)
    guard self.fieldSizes == fieldSizes else {
      throw DataError(
        .corrupt, "read vocabulary", at: path, "its sizes are not those of the model",
        remedy: "restore the file from the data that the model was trained on")
    }
  }
}
