import Foundation
import Kernels
import TestSupport
import Testing

@testable import Datasets

@Suite struct LabelNoiseTests {
  private func prepare(
    _ name: String, _ noise: LabelNoise?, threads: Int = 2, classes: Int = 2, blocks: Int = 1 << 14,
    in folder: TemporaryFolder
  ) throws -> Dataset {
    var preparation = Preparation(inputs: [folder.path("raw.tsv")], output: folder.path(name))
    preparation.seed = 5
    preparation.groupRows = 256
    preparation.classes = classes
    preparation.labelNoise = noise
    preparation.threads = threads
    preparation.blockByteCount = blocks
    _ = try preparation.run()
    return try Dataset(folder: folder.path(name))
  }

  /// Rows of a split with each label.
  private func counts(_ dataset: Dataset, _ split: Split) -> [Int] {
    let rows = dataset.manifest.rows(of: split)
    return rows.labelCounts ?? [rows.rows - rows.positives, rows.positives]
  }

  @Test func onlyTheNamedLabelsAndSplitsAreTouched() throws {
    let folder = try TemporaryFolder()
    _ = try SampleTable.write(SampleTable.lines(4000), to: "raw.tsv", in: folder)
    let right = try prepare("right", nil, in: folder)
    let wrong = try prepare(
      "wrong", LabelNoise(shares: [0.4, 0], splits: [.train]), in: folder)
    for split in [Split.validation, .test] {
      #expect(counts(wrong, split) == counts(right, split))
    }
    let (before, after) = (counts(right, .train), counts(wrong, .train))
    let share = Double(before[0] - after[0]) / Double(before[0])
    #expect(abs(share - 0.4) < 0.04 && before.reduce(0, +) == after.reduce(0, +))
    #expect(wrong.manifest.dataHash != right.manifest.dataHash)
    #expect(right.manifest.labelNoise == nil)
    #expect(try Dataset(folder: folder.path("wrong")).manifest.labelNoise?.shares == [0.4, 0])
  }

  /// Both ways and everywhere; whoever prepares, however the input is cut.
  @Test func theSameRowsAreHit() throws {
    let folder = try TemporaryFolder()
    _ = try SampleTable.write(SampleTable.lines(2000), to: "raw.tsv", in: folder)
    let noise = LabelNoise(shares: [0.3, 0.3], splits: Split.allCases)
    let one = try prepare("one", noise, threads: 1, in: folder).manifest
    for (name, threads, blocks) in [("two", 2, 4000), ("five", 5, 1 << 20)] {
      let other = try prepare(name, noise, threads: threads, blocks: blocks, in: folder).manifest
      #expect(other.dataHash == one.dataHash)
    }
  }

  /// With more classes a wrong label is any of the others.
  @Test func classesBecomeEachOther() {
    let noise = LabelNoise(shares: [0, 0, 1], splits: [.train])
    let randomness = Randomness(seed: 1, purpose: .labelNoise)
    var found = [Int](repeating: 0, count: 4)
    for row in 0..<3000 {
      found[Int(noise.label(2, row: row, classes: 4, randomness))] += 1
      #expect(noise.label(0, row: row, classes: 4, randomness) == 0)
      #expect(noise.label(3, row: row, classes: 4, randomness) == 3)
    }
    #expect(found[2] == 0 && found.reduce(0, +) == 3000)
    for label in [0, 1, 3] { #expect(abs(found[label] - 1000) < 120) }
  }

  @Test(arguments: [
    ([0.4], 2, true), ([0, 0.3, 0.1], 2, false), ([1.1], 2, false), ([-0.1], 3, false),
    ([.nan], 3, false), ([0, 0, 1], 3, true),
  ])
  func sharesAreChecked(shares: [Double], classes: Int, isRight: Bool) {
    let noise = LabelNoise(shares: shares, splits: [.train])
    #expect((noise.problem(classes: classes) == nil) == isRight)
  }
}
