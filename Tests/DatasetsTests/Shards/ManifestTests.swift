import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct ManifestTests {
  private static func sample() throws -> Manifest {
    let folder = try TemporaryFolder()
    return try SampleTable.dataset(SampleTable.lines(200), groupRows: 32, in: folder).manifest
  }

  @Test func encodedManifestIsReadBack() throws {
    let manifest = try Self.sample()
    #expect(try Manifest(contents: manifest.encoded(), path: "m") == manifest)
    // What has labels 0 and 1 says nothing of classes, as before there were others.
    #expect(!String(decoding: try manifest.encoded(), as: UTF8.self).contains("classes"))
    #expect(manifest.classCount == 2 && manifest.labelCounts == nil)
  }

  /// A manifest of classes that its counts or its hash contradict.
  @Test(arguments: [
    (3, [100, 30, 30], "data hash"), (2, [100, 60], "cannot be of 2"), (257, [], "cannot be"),
    (3, [100, 60], "labels of train"), (3, [100, 61, 0], "labels of train"),
    (3, [200, -40, 0], "labels of train"),
  ])
  func classesMustAddUp(_ classes: Int, _ train: [Int], _ problem: String) throws {
    var manifest = try Self.sample()
    manifest.classes = classes
    for (place, rows) in manifest.splits.map(\.rows).enumerated() {
      manifest.splits[place].labelCounts = place == 0 ? train : [rows, 0, 0]
    }
    let error = try #require(throws: DataError.self) {
      try Manifest(contents: manifest.encoded(), path: "m")
    }
    #expect(error.problem.contains(problem), "\(error)")
  }

  @Test(arguments: [
    ("\"formatVersion\" : 1", "\"formatVersion\" : 3", "its version is 3"),
    ("\"rows\" : 200", "\"rows\" : 201", "do not add up"),
    ("\"rows\" : 160", "\"rows\" : 161", "do not add up"),
    ("\"groupRows\" : 32", "\"groupRows\" : 0", "impossible size"),
    ("\"size\" : ", "\"size\" : 1", "data hash"),
    ("\"formatVersion\" : 1", "\"formatVersion\" : 1, \"formatVersion\" : 1", "twice"),
    ("\"formatVersion\" : 1,", "", "lacks"),
  ])
  func contradictionsAreNamed(_ old: String, _ new: String, _ problem: String) throws {
    let text = String(decoding: try Self.sample().encoded(), as: UTF8.self)
    let changed = text.replacingOccurrences(of: old, with: new)
    #expect(changed != text)
    let error = try #require(throws: DataError.self) {
      try Manifest(contents: Array(changed.utf8), path: "m.json")
    }
    #expect(error.place == "m.json")
    #expect(error.problem.contains(problem), "\(error)")
  }

  @Test func mutatedManifestsNeverCrash() throws {
    let good = try Self.sample().encoded()
    for trial in 0..<3000 { _ = try? Manifest(contents: mutate(good, trial: trial), path: "m") }
  }
}
