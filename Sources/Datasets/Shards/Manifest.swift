import FoundationEssentials
import Kernels

/// A part of the rows with its own use; each row belongs to exactly one.
public enum Split: String, Sendable, Codable, CaseIterable {
  /// Rows that weights are trained on.
  case train
  /// Rows that the controller and early stopping see.
  case validation
  /// Rows that only the final evaluation sees.
  case test
}

/// What a prepared data set is: `manifest.json` in its folder.
public struct Manifest: Sendable, Equatable, Codable {
  /// The version of the format that this code writes where fields have lists of values; without
  /// them it writes version 1. It reads both.
  public static let currentVersion = 2
  /// The manifest's file name.
  public static let fileName = "manifest.json"

  /// A feature field.
  public struct Field: Sendable, Equatable, Codable {
    /// Its name: "I1", "C26".
    public var name: String
    /// How its raw values become tokens.
    public var kind: TableSchema.FieldKind
    /// How many ids it has, the shared one included.
    public var size: Int
    /// How many values a row has at most and what they become, if there may be several.
    public var list: ValueList?
  }

  /// A shard file.
  public struct File: Sendable, Equatable, Codable {
    /// Its name in the folder.
    public var name: String
    /// Its size.
    public var bytes: Int
    /// How many rows it holds.
    public var rows: Int
    /// How many row groups it holds.
    public var groups: Int
    /// SHA-256 of its contents.
    public var sha256: String
  }

  /// The rows of one split.
  public struct SplitRows: Sendable, Equatable, Codable {
    /// Which split.
    public var split: Split
    /// How many rows.
    public var rows: Int
    /// How many of them have label 1.
    public var positives: Int
    /// How many have each label, where there are more than two.
    public var labelCounts: [Int]?
    /// Their files, in order.
    public var files: [File]
  }

  /// An input the rows came from.
  public struct Source: Sendable, Equatable, Codable {
    /// Its file name without folders, or "standard input".
    public var name: String
    /// Its size as stored.
    public var bytes: Int
  }

  /// Version of the format.
  public var formatVersion: Int
  /// Name of the table's schema: "criteo".
  public var schema: String
  /// The fields in order.
  public var fields: [Field]
  /// Rows of all splits together.
  public var rows: Int
  /// Rows with label 1.
  public var positives: Int
  /// K where labels are 0 … K − 1; absent for labels 0 and 1.
  public var classes: Int?
  /// Values that occur less often share an id.
  public var minimumCount: Int
  /// The seed of the split.
  public var seed: UInt64
  /// Shares of the splits train and validation; test has the rest.
  public var splitFractions: [Double]
  /// Rows of a full group.
  public var groupRows: Int
  /// Groups that are shuffled together when training reads them.
  public var windowGroups: Int
  /// The splits: train, validation, test.
  public var splits: [SplitRows]
  /// Labels that were made wrong on purpose; absent where none were.
  public var labelNoise: LabelNoise?
  /// How raw rows are read, where the schema's name does not say it.
  public var table: TableSchema?
  /// Lines that were set aside as no rows.
  public var badRows: Int
  /// Lists of which only the first values were taken; absent where there are no lists.
  public var cutLists: Int?
  /// The inputs.
  public var sources: [Source]
  /// The file of values with ids.
  public var vocabulary: File
  /// SHA-256 over fields, splits, file hashes and vocabulary: what a run's result depends on.
  /// Neither the names of the inputs nor their compression enter.
  public var dataHash: String

  /// The most classes that a data set may have: a label is one byte.
  public static let maximumClasses = 256

  /// How many classes labels are of.
  public var classCount: Int { classes ?? 2 }

  /// How many rows have each label, where there are more than two.
  public var labelCounts: [Int]? {
    classes.map { classes in
      (0..<classes).map { label in
        splits.reduce(0) { $0 + ($1.labelCounts?[label] ?? 0) }
      }
    }
  }

  /// How raw rows are read; nil for a schema that this program does not know.
  public var tableSchema: TableSchema? {
    let known = table ?? TableSchema.named(schema)
    return known?.fields.map(\.name) == fields.map(\.name) ? known : nil
  }

  /// How many ids each field has.
  public var fieldSizes: [Int] { fields.map(\.size) }

  /// Which fields have lists of values.
  public var lists: [ValueList?] { fields.map(\.list) }

  /// Where the ids of a row stand.
  var idColumns: IDColumns { IDColumns(fieldCount: fields.count, lists: lists) }

  /// The rows of a split.
  public func rows(of split: Split) -> SplitRows {
    splits.first { $0.split == split } ?? SplitRows(split: split, rows: 0, positives: 0, files: [])
  }

}

extension Manifest {
  /// The value that `dataHash` must have.
  func computedHash() -> String {
    var text = "autoloss data \(formatVersion) \(groupRows) \(windowGroups)\n"
    if let classes { text += "classes \(classes)\n" }
    for field in fields {
      let list = field.list.map { " list \($0.maximum) \($0.pooling.rawValue)" } ?? ""
      text += "\(field.name) \(field.kind.rawValue) \(field.size)\(list)\n"
    }
    for split in splits {
      text += "\(split.split.rawValue) \(split.rows) \(split.positives)\n"
      for file in split.files { text += "\(file.name) \(file.bytes) \(file.sha256)\n" }
    }
    let hash = SHA256()
    hash.update(text + vocabulary.sha256)
    return hash.finish()
  }

  /// The file's bytes.
  func encoded() throws(DataError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do { return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")] } catch {
      throw Self.failure(Self.fileName, "it cannot be encoded: \(error)")
    }
  }

  /// Reads a manifest's bytes and checks that its numbers agree with each other.
  init(contents: [UInt8], path: String) throws(DataError) {
    do {
      // Foundation keeps the last of two equal keys; the strict parser refuses them.
      _ = try StrictJSON.parse(contents)
      self = try JSONDecoder().decode(Manifest.self, from: Data(contents))
    } catch let error as StrictJSON.Failure {
      throw Self.failure(path, "\(error.problem) at byte \(error.offset)")
    } catch {
      throw Self.failure(path, "it lacks what a manifest must have (\(error))")
    }
    if let problem { throw Self.failure(path, problem) }
  }

  private static func failure(_ path: String, _ problem: String) -> DataError {
    DataError(
      .corrupt, "read manifest", at: path, problem,
      remedy: "the file was altered or belongs to another version; prepare the data again")
  }

  /// The first contradiction among the numbers, or nil.
  private var problem: String? {
    guard (1...Self.currentVersion).contains(formatVersion) else {
      return "its version is \(formatVersion), this program reads up to \(Self.currentVersion)"
    }
    guard !fields.isEmpty, fields.allSatisfy({ $0.size >= 1 && $0.size <= 1 << 31 }),
      fields.count <= TableSchema.maximumFields,
      fields.reduce(0, { $0 + $1.size }) <= Int(UInt32.max)
    else { return "its field sizes are impossible" }
    guard lists.allSatisfy({ $0.map { (1...256).contains($0.maximum) } ?? true }),
      idColumns.count <= TableSchema.maximumFields
    else { return "its lists of values have an impossible length" }
    if let problem = table?.problem { return "its table is impossible: \(problem)" }
    if table != nil && tableSchema == nil { return "its table has other fields" }
    guard lists == table?.lists ?? fields.map({ _ in nil }) else {
      return "its table has other lists of values"
    }
    guard (1...1 << 20).contains(groupRows), (1...1 << 16).contains(windowGroups),
      groupRows * windowGroups <= 1 << 26
    else { return "its row groups have an impossible size" }
    guard splits.map(\.split) == Split.allCases else { return "its splits are not in order" }
    for split in splits {
      guard split.files.allSatisfy({ $0.rows > 0 && $0.groups > 0 && $0.rows < 1 << 40 }) else {
        return "a file of \(split.split.rawValue) is empty"
      }
      let rows = split.files.reduce(0) { $0 &+ $1.rows }
      let groups = split.files.reduce(0) { $0 &+ $1.groups }
      guard rows == split.rows, groups == (rows + groupRows - 1) / groupRows else {
        return "the files of \(split.split.rawValue) do not add up to its rows"
      }
    }
    guard splits.reduce(0, { $0 &+ $1.rows }) == rows else { return "the splits do not add up" }
    if let classes {
      guard (3...Self.maximumClasses).contains(classes) else {
        return "labels cannot be of \(classes) classes"
      }
      for split in splits {
        guard let counts = split.labelCounts, counts.count == classes,
          counts.allSatisfy({ $0 >= 0 && $0 <= split.rows }), counts.reduce(0, +) == split.rows
        else { return "the labels of \(split.split.rawValue) do not add up to its rows" }
      }
    }
    guard dataHash == computedHash() else { return "its data hash is wrong" }
    return nil
  }
}
