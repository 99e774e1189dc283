import Datasets
import Foundation
import Kernels

/// What a run keeps of its data, so that its model can be used without it.
struct RunData: Codable, Equatable, Sendable {
  /// The name of the table's schema and the sizes of its fields.
  var schema: String
  var fieldSizes: [Int]
  /// How raw rows are read, where the schema's name does not say it.
  var table: TableSchema?
  /// How many classes labels are of, where there are more than two.
  var classes: Int?
  /// The hash of the data and of its vocabulary file.
  var dataHash: String
  var vocabularyHash: String

  /// Keeps a description and the vocabulary of `dataset` in a run folder.
  static func save(_ dataset: Dataset, to folder: RunFolder) throws {
    let manifest = dataset.manifest
    let data = RunData(
      schema: manifest.schema, fieldSizes: manifest.fieldSizes, table: manifest.table,
      classes: manifest.classes, dataHash: manifest.dataHash,
      vocabularyHash: manifest.vocabulary.sha256)
    let vocabulary = try Data(
      contentsOf: URL(fileURLWithPath: "\(dataset.folder)/\(manifest.vocabulary.name)"))
    try writeDurably(vocabulary, to: folder.vocabulary)
    try writeDurably(try JSONEncoder().encode(data), to: folder.dataDescription)
  }

  /// Which fields have lists of values.
  var lists: [ValueList?] { table?.lists ?? [] }

  /// How raw rows are read; throws for a schema that this program does not know or that is
  /// impossible.
  func tableSchema(at url: URL) throws -> TableSchema {
    guard let known = table ?? TableSchema.named(schema), known.problem == nil else {
      throw Failure(
        "the rows of the run's data have an unknown form: \(table?.problem ?? schema)",
        at: url.path, remedy: "use the version of the program that trained the model",
        exitCode: .badData)
    }
    return known
  }

  /// Reads the description that a run keeps.
  static func load(from folder: RunFolder) throws -> RunData {
    let url = folder.dataDescription
    guard let data = try? Data(contentsOf: url) else {
      throw Failure(
        "the folder holds no run", at: folder.url.path,
        remedy: "name the folder that `autoloss train --out` wrote", exitCode: .missingInput)
    }
    do {
      return try JSONDecoder().decode(RunData.self, from: data)
    } catch {
      throw Failure(
        "the description of the run's data cannot be read", at: url.path,
        remedy: "restore the file, or train again", exitCode: .badData)
    }
  }
}

extension RunFolder {
  /// The description of the data, and the copy of its vocabulary.
  var dataDescription: URL { url.appendingPathComponent("data.json") }
  var vocabulary: URL { url.appendingPathComponent("vocabulary.tsv") }
}
