import Datasets
import Foundation
import Objectives

/// Scoring raw rows with a trained model.
public enum Prediction {
  /// What was scored.
  public struct Summary: Sendable, Equatable {
    /// How many rows.
    public var rows = 0
    /// Lists of values of which only the first were taken, as the data's description says.
    public var cutLists = 0
  }

  /// Writes the predicted probability of every raw row, one a line, in input order; with K classes
  /// the probabilities of all of them, separated by commas.
  ///
  /// Rows are encoded with the run's own copy of the vocabulary; values that it does not know count
  /// as rare. The output appears when it is complete; "-" writes to standard output as it goes.
  public static func predict(
    runFolder: String, inputs: [String], output: String,
    progress: (_ rows: Int) -> Void = { _ in }
  ) throws -> Summary {
    let model = try TrainedModel(runFolder: runFolder)
    let vocabulary = try Vocabulary(
      path: model.folder.vocabulary.path,
      schema: try model.data.tableSchema(at: model.folder.dataDescription),
      fieldSizes: model.data.fieldSizes)
    let reader = RawRowReader(
      vocabulary: vocabulary, inputs: inputs, classes: model.parts.strategy.classes)
    let scorer = RowScorer(model)
    let sink = try ScoreSink(output)
    var summary = Summary()
    while try reader.next(into: scorer.rows) {
      try sink.write(scorer.score())
      summary.rows += scorer.rows.count
      progress(summary.rows)
    }
    try sink.finish()
    summary.cutLists = reader.cutLists
    return summary
  }
}

/// Scores rows with one thread, slice by slice.
private final class RowScorer {
  private let parts: RunParts
  private let member: ComputeMember
  private let slot: SliceSlot

  init(_ model: TrainedModel) {
    parts = model.parts
    member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    slot = SliceSlot(parts.scoringSizes)
  }

  /// Where the next rows go.
  var rows: SliceRows { slot.rows }

  /// Probabilities of the rows, in double precision: of label 1 alone, or of each class.
  func score() -> [[Double]] {
    slot.number(with: member.index, firstExample: 0, batchRows: rows.count)
    parts.store.peek(slot.unique, into: member.rows)
    let logits = member.logits(
      slot, dense: parts.store.dense.weights, statistics: parts.store.statistics)
    let outputs = parts.strategy.outputs
    return (0..<rows.count).map { row in
      let logits = logits.slice(row * outputs, outputs).array
      return outputs > 1
        ? LogLoss.probabilities(logits: logits)
        : logits.map { LogLoss.probability(logit: Double($0)) }
    }
  }
}

/// Where scores go: a file that appears whole, or a stream that takes them as they come.
private final class ScoreSink {
  private let handle: FileHandle
  private let place: String
  /// What has been written of a file that is not complete.
  private var unfinished: String?

  /// "-" is standard output; pipes and devices are written to directly, too.
  init(_ output: String) throws {
    place = output == "-" ? "standard output" : output
    guard output != "-" else {
      handle = .standardOutput
      return
    }
    let path = Self.isStream(output) ? output : output + ".tmp"
    if path != output, FileManager.default.createFile(atPath: path, contents: nil) {
      unfinished = path
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw Failure(
        "the output cannot be created", at: output,
        remedy: "check that its folder exists and may be written", exitCode: .cannotCreate)
    }
    self.handle = handle
  }

  deinit {
    // After an error: that is what is told, not that its remains could not be removed.
    if let unfinished { try? FileManager.default.removeItem(atPath: unfinished) }
  }

  func write(_ scores: [[Double]]) throws {
    let text = scores.map { row in row.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
    try explained { try handle.write(contentsOf: Data(text.utf8)) }
  }

  func finish() throws {
    guard let unfinished else { return }
    try explained {
      try handle.synchronize()
      try handle.close()
    }
    try Folder.rename(unfinished, to: place)
    self.unfinished = nil
  }

  private func explained(_ body: () throws -> Void) throws {
    do { try body() } catch {
      throw Failure(
        "the scores cannot be written: \(error.localizedDescription)", at: place,
        remedy: "check the disk and its free space", exitCode: .inputOutput)
    }
  }

  /// Whether something is there that a file must not replace.
  private static func isStream(_ path: String) -> Bool {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let type = try? FileManager.default.attributesOfItem(atPath: target)[.type]
    return (type as? FileAttributeType).map { $0 != .typeRegular } ?? false
  }
}
