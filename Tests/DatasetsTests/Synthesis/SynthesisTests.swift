import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct SynthesisTests {
  private func make(
    _ name: String, rows: Int, threads: Int, seed: UInt64 = 1, in folder: TemporaryFolder
  ) throws -> (Data, Synthesis.Report) {
    var synthesis = Synthesis(rows: rows, output: folder.path(name))
    synthesis.threads = threads
    synthesis.seed = seed
    let report = try synthesis.run()
    return (try Data(contentsOf: URL(fileURLWithPath: folder.path(name))), report)
  }

  @Test func bytesAndReportDoNotDependOnThreads() throws {
    let folder = try TemporaryFolder()
    let (one, report) = try make("1.tsv", rows: 20_000, threads: 1, in: folder)
    for threads in [2, 3, 5] {
      let other = try make("n.tsv", rows: 20_000, threads: threads, in: folder)
      #expect(other == (one, report))
    }
    #expect(try make("s.tsv", rows: 20_000, threads: 1, seed: 2, in: folder).0 != one)
    let packed = try make("p.tsv.gz", rows: 20_000, threads: 1, in: folder)
    #expect(packed.0.count < one.count)
    #expect(try make("q.tsv.gz", rows: 20_000, threads: 3, in: folder) == packed)
  }

  @Test func rowsArePrefixesOfLongerTables() throws {
    let folder = try TemporaryFolder()
    let long = try make("a.tsv", rows: 9000, threads: 2, in: folder).0
    let short = try make("b.tsv", rows: 100, threads: 2, in: folder).0
    #expect(long.starts(with: short))
  }

  @Test func ratesAreThoseOfTheModel() throws {
    let folder = try TemporaryFolder()
    for seed in [1, 2, 3] as [UInt64] {
      let report = try make("a.tsv", rows: 50_000, threads: 2, seed: seed, in: folder).1
      #expect(abs(report.positiveRate - 0.25) < 0.02)
      #expect(abs(report.bestAUC - 0.80) < 0.015)
    }
  }

  /// Ordered classes: all about equally frequent, in the same rows as two classes have.
  @Test(arguments: [3, 5, 12])
  func labelsOfMoreClassesAreOrderedSteps(classes: Int) throws {
    let folder = try TemporaryFolder()
    func make(_ threads: Int, classes: Int) throws -> ([[Substring]], Synthesis.Report) {
      var synthesis = Synthesis(rows: 20_000, output: folder.path("a.tsv"))
      synthesis.seed = 3
      synthesis.threads = threads
      synthesis.classes = classes
      let report = try synthesis.run()
      let text = try String(contentsOfFile: folder.path("a.tsv"), encoding: .utf8)
      return (
        text.split(separator: "\n").map { $0.split(separator: "\t", maxSplits: 1) }, report
      )
    }
    let (rows, report) = try make(1, classes: classes)
    #expect(try make(3, classes: classes).1 == report)
    let (binary, _) = try make(1, classes: 2)
    #expect(rows.map(\.[1]) == binary.map(\.[1]))
    let shares = try #require(report.labelShares)
    #expect(shares.count == classes && abs(shares.reduce(0, +) - 1) < 1e-12)
    for share in shares { #expect(abs(share * Double(classes) - 1) < 0.15, "\(shares)") }
    let labels = rows.compactMap { Int($0[0]) }
    #expect(labels.count == 20_000)
    #expect(
      (0..<classes).map { k in labels.count { $0 == k } }
        == shares.map { Int(($0 * 20_000).rounded()) })
    // Clicks lean to the upper classes, and knowing the latent score is worth something.
    let clicks = zip(labels, binary).filter { $0.1[0] == "1" }.map { Double($0.0) }
    let mean = Double(labels.reduce(0, +)) / 20_000
    #expect(clicks.reduce(0, +) / Double(clicks.count) > mean + 0.15 * Double(classes))
    #expect(report.bestLogloss < Foundation.log(Double(classes)) - 0.1)
    #expect(report.bestAUC > 0.6 && report.bestAUC < 0.9)
    #expect(try #require(report.bestWeightedAUC) > 0.6)
  }

  /// A strong signal leaves the share of clicks and makes labels nearly certain.
  @Test func aStrongSignalMakesLabelsCertain() throws {
    let folder = try TemporaryFolder()
    var synthesis = Synthesis(rows: 50_000, output: folder.path("a.tsv"))
    synthesis.seed = 2
    synthesis.signal = 6
    let report = try synthesis.run()
    #expect(abs(report.positiveRate - 0.25) < 0.05)
    #expect(report.bestAUC > 0.97 && report.bestLogloss < 0.2)
  }

  @Test func preparedFieldsFollowCriteo() throws {
    let folder = try TemporaryFolder()
    _ = try make("a.tsv", rows: 50_000, threads: 2, in: folder)
    var preparation = Preparation(inputs: [folder.path("a.tsv")], output: folder.path("data"))
    preparation.minimumCount = 1
    let manifest = try preparation.run()
    #expect(manifest.rows == 50_000)
    for (size, limit) in zip(manifest.fieldSizes, SyntheticModel.criteoSizes) {
      #expect(size > 1 && size <= limit + 1)
    }
  }

  /// Fewer values than the small fields have by themselves: the large ones shrink to one value.
  @Test(arguments: [1, 400, 2000])
  func fewValuesStillMakeRows(values: Int) throws {
    let folder = try TemporaryFolder()
    var synthesis = Synthesis(rows: 3000, output: folder.path("a.tsv"))
    synthesis.values = values
    synthesis.seed = 1
    let report = try synthesis.run()
    #expect(report.rows == 3000)
    #expect(report.positiveRate > 0.1 && report.positiveRate < 0.45, "\(report)")
    #expect(report.bestAUC > 0.6 && report.bestAUC < 0.95, "\(report)")
    #expect(report.bestLogloss.isFinite)
  }

  @Test func numberOfValuesIsMet() throws {
    let folder = try TemporaryFolder()
    var synthesis = Synthesis(rows: 100_000, output: folder.path("a.tsv"))
    synthesis.values = 50_000
    synthesis.minimumCount = 3
    synthesis.threads = 2
    _ = try synthesis.run()
    var preparation = Preparation(inputs: [folder.path("a.tsv")], output: folder.path("data"))
    preparation.minimumCount = 3
    let values = try preparation.run().fieldSizes.reduce(0, +)
    #expect(abs(values - 50_000) < 1000, "\(values) values")
  }
}
