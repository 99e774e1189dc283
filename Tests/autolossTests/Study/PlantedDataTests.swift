import Datasets
import Foundation
import Studies
import Testing
import Training

@testable import autoloss

@Suite struct PlantedDataTests {
  /// The problems of a seed differ in what is wrong, not in their rows.
  @Test func aSeedsProblemsHaveTheSameRows() throws {
    try CommandLineTool.withFolder { folder in
      let data = PlantedData(folder: folder, rows: 1500, threads: 2)
      var said: [String] = []
      try data.make(seeds: 2) { said.append($0) }
      #expect(said == ["rows of seed 1 are made", "rows of seed 2 are made"])
      let sets = try PlantedNoise.allCases.map {
        try Dataset(folder: $0.folder(in: folder.path, seed: 2)).manifest
      }
      for (noise, manifest) in zip(PlantedNoise.allCases, sets) {
        #expect(manifest.splits.map(\.rows) == [1000, 100, 400], "\(noise)")
        #expect((manifest.labelNoise == nil) == noise.shares.isEmpty)
      }
      // Wrong ones are labels 1 that were 0; validation and test rows of the first are right.
      let clean = sets[3]
      #expect(sets[0].rows(of: .train).positives > clean.rows(of: .train).positives + 200)
      for split in [Split.validation, .test] {
        #expect(sets[0].rows(of: split).positives == clean.rows(of: split).positives)
      }
      #expect(sets[1].rows(of: .validation).positives > clean.rows(of: .validation).positives)
      #expect(sets[1].rows(of: .test).positives == clean.rows(of: .test).positives)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.count == 10, "\(left)")
      // Again there is nothing to do; other rows are not taken for these.
      try data.make(seeds: 2) { said.append($0) }
      #expect(said.count == 2)
      let error = #expect(throws: Failure.self) {
        try PlantedData(folder: folder, rows: 3000, threads: 2).make(seeds: 1) { _ in }
      }
      #expect(error?.exitCode == .configuration && error?.what.contains("1500 rows") == true)
    }
  }
}
