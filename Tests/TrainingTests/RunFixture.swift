import Datasets
import Foundation
import Kernels
import Models
import TestSupport

@testable import Training

/// A small prepared data set and runs on it.
struct RunFixture {
  let folder: TemporaryFolder
  var data: String { folder.path("data") }

  /// Prepares `rows` Criteo-shaped lines whose labels depend on a few of the fields, or are all 0.
  init(
    rows: Int = 1200, splitFractions: [Double] = [0.8, 0.1], hasClicks: Bool = true,
    classes: Int = 2, seed: UInt64 = 1
  ) throws {
    folder = try TemporaryFolder()
    let text = (0..<rows).map {
      Self.line($0, mayBeClick: hasClicks, classes: classes)
    }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("raw.tsv")))
    var preparation = Preparation(inputs: [folder.path("raw.tsv")], output: data)
    preparation.minimumCount = 2
    preparation.classes = classes
    preparation.seed = seed
    preparation.splitFractions = splitFractions
    preparation.groupRows = 128
    preparation.windowGroups = 2
    _ = try preparation.run()
  }

  /// Row number `row`: a pure function of it.
  private static func line(_ row: Int, mayBeClick: Bool, classes: Int) -> String {
    let randomness = Randomness(seed: 11, purpose: .test)
    let integers = (0..<13).map { String(randomness.word(example: row, lane: $0) % 7) }
    let values = (0..<26).map { field -> String in
      let digits = String(randomness.word(example: row, lane: 16 + field) % 9, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
    let signal = Int(randomness.word(example: row, lane: 16) % 9)
    let chance = randomness.uniform(example: row, lane: 60)
    // Of more classes the signal picks one, give or take half of them.
    let label =
      classes == 2
      ? (chance < Float(signal) / 10 ? 1 : 0)
      : min(classes - 1, Int(Float(classes) * (Float(signal) / 16 + chance / 2)))
    return ([mayBeClick ? "\(label)" : "0"] + integers + values).joined(separator: "\t") + "\n"
  }

  /// Damages every row group of the training split where it lies; done again, it repairs them.
  func damageShards() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: data)
    where name.hasPrefix("train-") {
      let url = URL(fileURLWithPath: "\(data)/\(name)")
      var bytes = try Data(contentsOf: url)
      for place in stride(from: bytes.startIndex, to: bytes.endIndex, by: 200) {
        bytes[place] ^= 1
      }
      let file = try FileHandle(forWritingTo: url)
      try file.write(contentsOf: bytes)
      try file.close()
    }
  }

  /// A short run of a small network.
  func configuration(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.data.path = data
    configuration.out = folder.path("run-\(UUID().uuidString)")
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [16, 8]
    configuration.search = RunConfiguration.paperSearch
    configuration.search.controller.hidden = [8, 8]
    configuration.train.batchSize = 64
    configuration.train.threads = 1
    configuration.train.evaluateEvery = 7
    configuration.train.patience = 0
    change(&configuration)
    return configuration
  }
}

extension RunConfiguration {
  /// Sets the model, with small options of its own: multiples of 16, at which OpenBLAS takes no
  /// memory for a product. The label of the fixture depends on field 14.
  mutating func take(_ kind: ModelKind) {
    model.name = kind
    switch kind {
    case .afi: model.particular.headWidth = 16
    case .afn: model.particular.logNeurons = 32
    case .ncf: (model.particular.userField, model.particular.itemField) = (14, 15)
    case .finalmlp: model.particular.gateWidth = 16
    case .masknet: (model.particular.maskRatio, model.particular.blockWidth) = (0.1, 16)
    default: break
    }
  }
}

/// Keeps the events of a run.
final class EventLog: RunObserver, @unchecked Sendable {
  // Unchecked: a run calls its observer on one thread, and tests read after it.
  private(set) var events: [RunEvent] = []
  func observe(_ event: RunEvent) { events.append(event) }

  var notices: [String] {
    events.compactMap { if case .notice(let text, _) = $0 { text } else { nil } }
  }

  var coverage: [CoverageReport] {
    events.compactMap { if case .epochFinished(let report) = $0 { report } else { nil } }
  }
}
