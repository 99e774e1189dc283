import Kernels

/// A prepared data set, opened for reading.
public final class Dataset: Sendable {
  static let vocabularyFileName = "vocabulary.tsv"
  static let badRowsFileName = "bad-rows.tsv"

  /// Where it is.
  public let folder: String
  /// What it is.
  public let manifest: Manifest
  private let shards: [[ShardFile]]

  /// Opens the data set in `folder`: reads the manifest and checks the frame of every shard. The
  /// contents of a row group are checked when it is read.
  public init(folder: String) throws(DataError) {
    let file = try MappedFile(path: "\(folder)/\(Manifest.fileName)")
    let manifest = try Manifest(contents: unsafe Array(file.bytes), path: file.path)
    self.folder = folder
    self.manifest = manifest
    shards = try manifest.splits.map { split throws(DataError) in
      try split.files.map { info throws(DataError) in
        let path = "\(folder)/\(info.name)"
        let shard = try MappedFile(path: path)
        guard shard.count == info.bytes else {
          throw ShardFile.failure(
            path, "it has \(shard.count) bytes instead of \(info.bytes)")
        }
        let opened = try ShardFile(
          file: shard, columnCount: manifest.idColumns.count, groupRows: manifest.groupRows)
        guard opened.groupCount == info.groups else {
          throw ShardFile.failure(path, "its groups do not fit the manifest")
        }
        return opened
      }
    }
  }

  /// How many ids each field has.
  public var fieldSizes: [Int] { manifest.fieldSizes }

  /// Which fields have lists of values.
  public var lists: [ValueList?] { manifest.lists }

  /// How many ids a row has: one for each field, or as many as its list may have.
  public var columnCount: Int { manifest.idColumns.count }

  /// How many classes labels are of: 2, or K with labels 0 … K − 1.
  public var classes: Int { manifest.classCount }

  /// How many rows a split has.
  public func rowCount(of split: Split) -> Int { manifest.rows(of: split).rows }

  /// How many row groups a split has.
  func groupCount(of split: Split) -> Int {
    (rowCount(of: split) + manifest.groupRows - 1) / manifest.groupRows
  }

  /// How many rows a group of a split has; all but the last are full.
  func rowCount(ofGroup group: Int, in split: Split) -> Int {
    min(manifest.groupRows, rowCount(of: split) - group * manifest.groupRows)
  }

  /// Groups of a split by file, as in "train-00000.shard, groups 0 to 3, 7"; at most eight
  /// stretches of each are named.
  func names(ofGroups groups: [Int], in split: Split) -> String {
    var first = 0
    var texts: [String] = []
    for file in manifest.rows(of: split).files {
      let inside = groups.filter { (first..<first + file.groups).contains($0) }.map { $0 - first }
      first += file.groups
      if !inside.isEmpty { texts.append("\(file.name), \(Self.names(inside.sorted()))") }
    }
    return texts.joined(separator: "; ")
  }

  private static func names(_ groups: [Int]) -> String {
    var stretches: [ClosedRange<Int>] = []
    for group in groups {
      if let last = stretches.last, last.upperBound + 1 == group {
        stretches[stretches.count - 1] = last.lowerBound...group
      } else {
        stretches.append(group...group)
      }
    }
    let texts = stretches.prefix(8).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
    }
    let more = stretches.count > 8 ? ["others"] : []
    return (groups.count == 1 ? "group " : "groups ") + (texts + more).joined(separator: ", ")
  }

  /// Decodes a group of a split.
  func decode(group: Int, of split: Split, with decoder: RowGroupDecoder) throws(DataError) {
    let files = manifest.rows(of: split).files
    var inside = group
    for (info, shard) in zip(files, shards[Split.allCases.firstIndex(of: split) ?? 0]) {
      guard inside >= info.groups else {
        let rows = try shard.decode(group: inside, with: decoder)
        guard rows == rowCount(ofGroup: group, in: split) else {
          throw ShardFile.failure(
            "\(folder)/\(info.name), group \(inside)",
            "its number of rows does not fit the manifest")
        }
        return
      }
      inside -= info.groups
    }
    preconditionFailure("the split \(split.rawValue) has no group \(group)")
  }

  func makeDecoder() -> RowGroupDecoder {
    RowGroupDecoder(
      fieldSizes: manifest.fieldSizes, columns: manifest.idColumns, groupRows: manifest.groupRows,
      classes: classes)
  }

  /// The values with ids, for encoding raw rows; reads and checks their file.
  public func vocabulary() throws(DataError) -> Vocabulary {
    guard let schema = manifest.tableSchema else {
      throw DataError(
        .corrupt, "read vocabulary", at: folder, "the schema \(manifest.schema) is unknown",
        remedy: "use the version of the program that prepared the data")
    }
    let path = "\(folder)/\(Self.vocabularyFileName)"
    let vocabulary = try Vocabulary(file: MappedFile(path: path), schema: schema)
    guard vocabulary.fieldSizes == manifest.fieldSizes else {
      throw DataError(
        .corrupt, "read vocabulary", at: path, "its sizes do not fit the manifest",
        remedy: "copy the folder again or prepare the data again")
    }
    return vocabulary
  }

  /// Reads everything once: the hash of every file, the checksum and ids of every group. Throws
  /// for the first that is wrong.
  public func verify(threads: Int = 1) throws(DataError) {
    let files = manifest.splits.flatMap(\.files) + [manifest.vocabulary]
    try inParallel(files.count, threads: threads) { [self] item throws(DataError) in
      let path = "\(folder)/\(files[item].name)"
      guard try SHA256.file(path) == files[item].sha256 else {
        throw DataError(
          .corrupt, "verify", at: path, "its SHA-256 is not that of the manifest",
          remedy: "copy the file again or prepare the data again")
      }
    }
    for split in Split.allCases {
      let decoders = Decoders(self)
      try inParallel(groupCount(of: split), threads: threads) { [self] group throws(DataError) in
        let decoder = decoders.take()
        defer { decoders.give(decoder) }
        try decode(group: group, of: split, with: decoder)
      }
    }
    _ = try vocabulary()
  }
}
