import Foundation
import TestSupport
import Testing

@testable import Datasets

private struct Expected: Decodable {
  struct File: Decodable {
    struct Threshold: Decodable {
      var fieldDims: [Int]
      var keptValues: [Int]
      var rowsOnDefaultId: [Int]
      var keptTokensSha256: [String]
    }
    var rows: Int
    var labels: [String: Int]
    var thresholds: [String: Threshold]
  }
  var files: [String: File]
  var numericBuckets: [[String]]?
  var firstValueOfBucket: [[Int]]?
}

private struct ExpectedRatings: Decodable {
  struct File: Decodable {
    var rows: Int
    var fieldDimsDense: [Int]
    var ratings: [String: Int]
    var binaryLabelsRatingAbove3: [String: Int]
  }
  var files: [String: File]
}

private func expected(_ name: String) throws -> Expected {
  let url = try #require(SampleData.url("reference/\(name)_expected.json"))
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(Expected.self, from: Data(contentsOf: url))
}

@Suite struct PreparationReferenceTests {
  @Test(
    SampleData.needs(
      "data/criteo_10k.tsv", "data/criteo1tb_10k.tsv", "reference/criteo_expected.json"),
    arguments: ["criteo_10k.tsv", "criteo1tb_10k.tsv"], [10, 2])
  func countsAreThoseOfTheReference(_ name: String, _ minimumCount: Int) throws {
    try expectReference(
      name, of: try expected("criteo"), schema: .criteo, minimumCount: minimumCount)
  }

  private func expectReference(
    _ name: String, of expected: Expected, schema: TableSchema, minimumCount: Int
  ) throws {
    let file = try #require(expected.files[name])
    let threshold = try #require(file.thresholds[String(minimumCount)])
    let folder = try TemporaryFolder()
    var preparation = Preparation(
      inputs: [try #require(SampleData.url(name)).path], output: folder.path("data"),
      schema: schema)
    preparation.minimumCount = minimumCount
    preparation.threads = 2
    let manifest = try preparation.run()
    #expect(manifest.rows == file.rows)
    #expect(manifest.positives == file.labels["1"])
    #expect(manifest.fieldSizes == threshold.fieldDims)

    let dataset = try Dataset(folder: folder.path("data"))
    try dataset.verify(threads: 2)
    let vocabulary = try dataset.vocabulary()
    for field in manifest.fields.indices {
      let hash = SHA256()
      let tokens = vocabulary.tokens(of: field)
      for token in tokens.map(\.token).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        hash.update(token + [0x0A])
      }
      #expect(hash.finish() == threshold.keptTokensSha256[field])
      let kept = tokens.reduce(0) { $0 + $1.count }
      #expect(file.rows - kept == threshold.rowsOnDefaultId[field])
    }
    #expect(try rowsOnDefaultID(dataset) == threshold.rowsOnDefaultId)
  }

  @Test(
    SampleData.needs("data/avazu_10k.csv", "reference/avazu_expected.json"), arguments: [4, 2])
  func avazuCountsAreThoseOfTheReference(_ minimumCount: Int) throws {
    try expectReference(
      "avazu_10k.csv", of: try expected("avazu"), schema: .avazu, minimumCount: minimumCount)
  }

  @Test(
    SampleData.needs("data/ml1m_100k.dat", "reference/movielens_expected.json"),
    arguments: [2, 5, 10])
  func movieLensSizesAndRatingsAreThoseOfTheReference(_ classes: Int) throws {
    let url = try #require(SampleData.url("reference/movielens_expected.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = try #require(
      try decoder.decode(ExpectedRatings.self, from: Data(contentsOf: url)).files["ml1m_100k.dat"])
    let folder = try TemporaryFolder()
    var preparation = Preparation(
      inputs: [try #require(SampleData.url("ml1m_100k.dat")).path], output: folder.path("data"),
      schema: .movieLens(classes: classes))
    preparation.classes = classes
    let manifest = try preparation.run()
    #expect(manifest.rows == file.rows)
    #expect(manifest.fieldSizes == file.fieldDimsDense)
    switch classes {
    case 2: #expect(manifest.positives == file.binaryLabelsRatingAbove3["1"])
    case 5: #expect(manifest.labelCounts == (1...5).compactMap { file.ratings["\($0)"] })
    default: #expect(manifest.labelCounts?[9] == file.ratings["5"])
    }
    try Dataset(folder: folder.path("data")).verify(threads: 2)
  }

  @Test(SampleData.needs("reference/criteo_expected.json"))
  func bucketsAreThoseOfTheReference() throws {
    let expected = try expected("criteo")
    let buckets = NumericBuckets()
    for pair in try #require(expected.firstValueOfBucket) {
      #expect(buckets.token(pair[1]) == pair[0])
      #expect(buckets.token(pair[1] - 1) < pair[0])
    }
    for pair in try #require(expected.numericBuckets) where !pair[0].isEmpty {
      let value = try #require(Int(pair[0]))
      #expect(String(buckets.token(value)) == pair[1])
    }
  }
}

/// How many encoded rows of all splits have the last id of each field.
private func rowsOnDefaultID(_ dataset: Dataset) throws -> [Int] {
  var result = dataset.fieldSizes.map { _ in 0 }
  var last = 0
  let lastIDs = dataset.fieldSizes.map { size in
    last += size
    return UInt32(last - 1)
  }
  for split in Split.allCases where dataset.rowCount(of: split) > 0 {
    let count = dataset.rowCount(of: split)
    let reader = SliceReader(
      dataset: dataset, split: split, batchSize: count, slices: 1, seed: 0, order: .sequential)
    let rows = SliceRows(capacity: count, columnCount: result.count)
    try reader.read(epoch: 0, step: 0, slice: 0, into: rows)
    for place in 0..<count * result.count
    where rows.ids[place] == lastIDs[place % result.count] {
      result[place % result.count] += 1
    }
  }
  return result
}
