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
  }

  @Test(arguments: [
    ("\"formatVersion\" : 1", "\"formatVersion\" : 2", "its version is 2"),
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
