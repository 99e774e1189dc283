import Foundation
import Kernels
import TestSupport

@testable import Datasets

/// Small Criteo-shaped tables for tests, as text.
enum SampleTable {
  /// Rows of the planted model, some of them with values of unusual form.
  static func lines(_ count: Int, seed: UInt64 = 3) -> [String] {
    var chunk = SyntheticChunk(model: SyntheticModel(seed: seed), isCompressed: false)
    let text = String(decoding: chunk.make(0..<count).array, as: UTF8.self)
    var lines = text.split(separator: "\n").map(String.init)
    let unusual = [
      "DEADBEEF", "a", "0123456", "0123456789abcdef", "über", "deadbeeg", "  ", "NULL",
      String(repeating: "long", count: 20),
    ]
    for row in stride(from: 0, to: count, by: 7) {
      var columns = lines[row].split(separator: "\t", omittingEmptySubsequences: false)
      columns[14 + row % 26] = Substring(unusual[row / 7 % unusual.count])
      columns[1 + row % 13] = ["-3", "2147483647", "-0", "007", ""][row / 7 % 5]
      lines[row] = columns.joined(separator: "\t")
    }
    return lines
  }

  /// Writes lines with a line feed each; returns the path.
  static func write(_ lines: [String], to name: String, in folder: TemporaryFolder) throws
    -> String
  {
    let path = folder.path(name)
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Prepares lines into the folder "data" with small groups; returns the opened data set.
  static func dataset(
    _ lines: [String], groupRows: Int, windowGroups: Int = 3, minimumCount: Int = 2,
    in folder: TemporaryFolder
  ) throws -> Dataset {
    var preparation = Preparation(
      inputs: [try write(lines, to: "raw.tsv", in: folder)], output: folder.path("data"))
    preparation.groupRows = groupRows
    preparation.windowGroups = windowGroups
    preparation.minimumCount = minimumCount
    preparation.overwrite = true
    _ = try preparation.run()
    return try Dataset(folder: folder.path("data"))
  }

  /// All files of a prepared data set but the manifest, which names the inputs.
  static func contents(_ folder: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name != Manifest.fileName && name != Dataset.badRowsFileName {
      result[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    return result
  }
}

/// Runs a program of the system and waits for it.
func run(_ arguments: String...) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
}
