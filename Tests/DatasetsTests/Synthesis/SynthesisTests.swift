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
