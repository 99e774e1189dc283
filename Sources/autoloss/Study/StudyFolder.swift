import Datasets
import Foundation
import Reporting
import Studies
import Training

/// The folder of a study or a search: a folder for each run, what is known of each, and tables.
struct StudyFolder {
  /// The folder itself.
  let url: URL

  init(_ path: String) { url = URL(filePath: path).standardizedFileURL }

  /// The run folder of a run.
  func run(_ name: String) -> RunFolder { RunFolder(url.appending(path: "runs/\(name)")) }

  /// The configuration that a run is started with.
  func configuration(_ name: String) -> URL { url.appending(path: "configurations/\(name).yaml") }

  /// What a run's processes wrote.
  func log(_ name: String, _ ending: String) -> URL {
    url.appending(path: "logs/\(name).\(ending)")
  }

  /// What a search in the folder depends on.
  var search: URL { url.appending(path: "search.txt") }

  /// The table of a study in the folder; searches write none of this name.
  var studyTable: URL { url.appending(path: "table.csv") }

  /// The figures of a finished run.
  func record(_ name: String) -> URL { url.appending(path: "figures/\(name).json") }

  /// What is kept of a finished run.
  struct Record: Codable, Equatable {
    /// The run, as the study names it.
    var run: StudyRun
    /// What its figures depend on: configuration and lengths as text, and the hash of the data.
    var identity: String
    /// Its figures; nil where it failed in a way that it would fail again.
    var figures: StudyFigures?
    /// Why it failed.
    var failure: String?
    /// The code that it ended with, where it failed.
    var exitCode: Int32?
  }

  /// Creates the folders, and keeps other studies out while this process lives.
  func claim() throws -> FileLock {
    do {
      for name in ["runs", "configurations", "logs", "figures"] {
        try FileManager.default.createDirectory(
          at: url.appending(path: name), withIntermediateDirectories: true)
      }
    } catch {
      throw Failure(
        "the folder of the runs cannot be created: \(error.localizedDescription)", at: url.path,
        remedy: "choose another folder with --out", exitCode: .cannotCreate)
    }
    let holder = "process \(ProcessInfo.processInfo.processIdentifier)"
    guard let lock = try FileLock(path: url.appending(path: "lock").path, holder: holder) else {
      throw Failure(
        "another process makes its runs in this folder", at: url.path,
        remedy: "wait for its end or stop it, or choose another --out", exitCode: .cannotCreate)
    }
    return lock
  }

  /// What is kept of `run` if it has been finished; throws where the folder has figures of another
  /// run by its name.
  func kept(_ run: StudyRun, identity: String) throws -> Record? {
    let place = record(run.name)
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let found = try? decoder.decode(Record.self, from: Data(contentsOf: place)) else {
      throw Failure(
        "the figures of the run \(run.name) cannot be read", at: place.path,
        remedy: "remove the file: its run is then measured again", exitCode: .badData)
    }
    guard found.identity == identity, found.run.controllerOf == run.controllerOf else {
      throw Failure(
        "the folder has a run \(run.name) with other settings or data: "
          + Self.difference(found.identity, identity), at: place.path,
        remedy: "repeat the folder's own command line, or choose another --out",
        exitCode: .configuration)
    }
    return found
  }

  /// The first line that two identities do not share; `otherwise` where they share all.
  static func difference(
    _ old: String, _ new: String, otherwise: String = "another controller"
  ) -> String {
    let (olds, news) = (old.split(separator: "\n"), new.split(separator: "\n"))
    let was = olds.first { !news.contains($0) }.map { "it had `\($0)`" }
    let present = news.first { !olds.contains($0) }.map { "now `\($0)`" }
    let words = [was, present].compactMap(\.self)
    return words.isEmpty ? otherwise : words.joined(separator: ", ")
  }

  /// Keeps the figures of a finished run.
  func keep(_ record: Record) throws {
    try write(try JSONText.page(record), to: self.record(record.run.name))
  }

  /// Writes the tables; returns their text.
  func publish(_ table: StudyTable, _ outcomes: [StudyOutcome]) throws -> String {
    let text = StudyText.page(table)
    try write(text + "\n", to: url.appending(path: "table.txt"))
    try write(try JSONText.page(table) + "\n", to: url.appending(path: "table.json"))
    try write(StudyCSV.table(table), to: studyTable)
    try write(StudyCSV.comparisons(table), to: url.appending(path: "comparisons.csv"))
    try write(StudyCSV.runs(outcomes), to: url.appending(path: "runs.csv"))
    return text
  }

  /// Replaces a file as a whole.
  func write(_ text: String, to place: URL) throws {
    do { try Data(text.utf8).write(to: place, options: .atomic) } catch {
      throw Failure(
        "a file beside the runs cannot be written: \(error.localizedDescription)", at: place.path,
        remedy: "check the disk and its free space", exitCode: .inputOutput)
    }
  }
}
