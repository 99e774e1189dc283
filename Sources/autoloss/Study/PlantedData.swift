import Datasets
import Foundation
import Studies
import Training

/// Makes the data sets of the study `planted`: those of each seed from a model and rows of its own.
struct PlantedData {
  /// The folder that they go into.
  let folder: URL
  /// Rows of each.
  let rows: Int
  /// Threads that make them.
  let threads: Int

  /// Two thirds to train on, a fifteenth to validate on, the rest to measure on.
  private static let splitFractions = [2.0 / 3, 1.0 / 15]
  /// About how many feature values they have.
  private static let values = 6000
  private static let minimumCount = 2

  /// Makes those that are not there yet; `tell` is called before each seed's.
  func make(seeds: Int, tell: (String) -> Void) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for seed in 1...seeds {
      let absent = try PlantedNoise.allCases.filter { try !isThere($0, seed) }
      if !absent.isEmpty { tell("rows of seed \(seed) are made") }
      for signal in Set(absent.map(\.signal)).sorted() {
        try make(absent.filter { $0.signal == signal }, signal: signal, seed)
      }
    }
  }

  /// Whether the data set is there; throws where another one is.
  private func isThere(_ noise: PlantedNoise, _ seed: Int) throws -> Bool {
    let place = noise.folder(in: folder.path, seed: seed)
    guard FileManager.default.fileExists(atPath: "\(place)/\(Manifest.fileName)") else {
      return false
    }
    let manifest = try Dataset(folder: place).manifest
    guard manifest.rows == rows, manifest.seed == UInt64(seed),
      manifest.labelNoise == Self.labelNoise(noise)
    else {
      throw Failure(
        "there is other data of \(manifest.rows) rows where the study's own should be", at: place,
        remedy: "choose another --out or --data, or give --rows as before",
        exitCode: .configuration)
    }
    return true
  }

  private func make(_ noises: [PlantedNoise], signal: Double, _ seed: Int) throws {
    let raw = folder.appending(path: "raw-seed\(seed).tsv").path
    defer { try? FileManager.default.removeItem(atPath: raw) }
    var synthesis = Synthesis(rows: rows, output: raw)
    synthesis.seed = UInt64(seed)
    synthesis.values = Self.values
    synthesis.minimumCount = Self.minimumCount
    synthesis.signal = signal
    synthesis.threads = threads
    _ = try synthesis.run()
    for noise in noises {
      var preparation = Preparation(
        inputs: [raw], output: noise.folder(in: folder.path, seed: seed))
      preparation.minimumCount = Self.minimumCount
      preparation.seed = UInt64(seed)
      preparation.splitFractions = Self.splitFractions
      preparation.labelNoise = Self.labelNoise(noise)
      preparation.threads = threads
      _ = try preparation.run()
    }
  }

  private static func labelNoise(_ noise: PlantedNoise) -> LabelNoise? {
    guard !noise.shares.isEmpty else { return nil }
    return LabelNoise(
      shares: noise.shares, splits: noise.reachesValidation ? [.train, .validation] : [.train])
  }
}
