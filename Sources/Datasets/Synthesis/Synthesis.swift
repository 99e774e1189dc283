import CZlib
import Kernels
import Synchronization

/// Makes a Criteo-shaped table of any size from a planted model, and tells how well the model's own
/// probabilities predict it.
///
/// The bytes depend on rows, seed and the value options alone. A name that ends in ".gz" is
/// compressed (one gzip member for each 8,192 rows); "-" is standard output.
public struct Synthesis: Sendable {
  /// How many rows to make.
  public var rows: Int
  /// The file to write, or "-".
  public var output: String
  /// Seed of the model and the rows.
  public var seed: UInt64 = 0
  /// About how many feature values shall occur at least `minimumCount` times, rare-value ids
  /// included: the sum of the field sizes after preparation. Nil takes Criteo's own cardinalities.
  public var values: Int?
  /// The minimum count that `values` is meant for.
  public var minimumCount = 2
  /// How many ordered classes labels are of, at most `maximumClasses`.
  public var classes = 2
  /// How strong the signal is: what multiplies all effects on the planted logit. At 1 the best AUC
  /// is near .80; from about 6 on, labels are nearly certain.
  public var signal = 1.0
  /// Threads that work.
  public var threads = 1

  /// The most classes that labels are made of.
  public static let maximumClasses = OrdinalLabels.maximumClasses

  /// Makes `rows` rows into `output`.
  public init(rows: Int, output: String) {
    self.rows = rows
    self.output = output
  }

  /// What was made.
  public struct Report: Sendable, Equatable, Codable {
    /// Rows written.
    public var rows: Int
    /// Share of rows with label 1.
    public var positiveRate: Double
    /// Share of rows with each label, where there are more than two.
    public var labelShares: [Double]?
    /// AUC of the true probabilities on the labels drawn; of more classes the mean over each of
    /// them against the others.
    public var bestAUC: Double
    /// Of more than two classes that mean weighted by how frequent they are.
    public var bestWeightedAUC: Double?
    /// Logloss of the true probabilities on the labels drawn.
    public var bestLogloss: Double
    /// Over which rows and how the best was computed.
    public var method: String
  }

  private static let chunkRows = 8192

  /// Does the work; `progress` is called with the rows so far, one call at a time.
  public func run(
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(DataError) -> Report {
    precondition(rows >= 1 && threads >= 1, "synth needs at least one row and one thread")
    precondition((2...Self.maximumClasses).contains(classes), "synth makes 2 to 20 classes")
    let scale =
      values.map {
        SyntheticModel.scale(values: $0, rows: rows, minimumCount: minimumCount)
      } ?? 1
    let model = SyntheticModel(seed: seed, scale: scale, signal: signal, classes: classes)
    let file = output == "-" ? PosixFile.standardOutput : try PosixFile(creating: output)
    let writer = OrderedWriter(file: file)
    let score = Mutex(BayesScore())
    let classScore = Mutex(classes > 2 ? OrdinalScore(model.labels) : nil)
    let next = Atomic(0)
    let failures = Failures()
    onThreads(threads) { [self] thread in
      var work = SyntheticChunk(model: model, isCompressed: output.hasSuffix(".gz"))
      do throws(DataError) {
        while true {
          let chunk = next.add(1, ordering: .relaxed).oldValue
          let first = chunk * Self.chunkRows
          guard first < rows else { break }
          let last = min(rows, first + Self.chunkRows)
          let bytes = work.make(first..<last)
          guard try writer.write(bytes, turn: chunk) else { break }
          writer.monitor.locked { progress(last) }
        }
      } catch {
        writer.stop()
        failures.add(error, item: thread)
      }
      score.withLock { $0.merge(work.score) }
      if let made = work.classScore { classScore.withLock { $0?.merge(made) } }
    }
    try failures.throwFirst()
    if let score = classScore.withLock(\.self) { return report(score) }
    return score.withLock { score in
      Report(
        rows: score.rows, positiveRate: Double(score.positives) / Double(score.rows),
        bestAUC: score.areaUnderCurve, bestLogloss: score.logloss,
        method: Self.method)
    }
  }

  private static let method = "all rows; AUC from \(BayesScore.binCount) bins of the logit"

  private func report(_ score: OrdinalScore) -> Report {
    let shares = score.counts.map { Double($0) / Double(rows) }
    return Report(
      rows: rows, positiveRate: shares[1], labelShares: shares, bestAUC: score.areaUnderCurve,
      bestWeightedAUC: score.weightedAreaUnderCurve, bestLogloss: score.logloss,
      method: Self.method)
  }
}

/// Writes pieces in their order, whoever makes them.
private final class OrderedWriter: Sendable {
  let monitor = Monitor()
  private let file: PosixFile
  private let next = Mutex<Int?>(0)

  init(file: PosixFile) { self.file = file }

  /// Waits for the pieces before and writes; false after `stop`.
  func write(_ bytes: View<UInt8>, turn: Int) throws(DataError) -> Bool {
    try monitor.locked { () throws(DataError) -> Bool in
      while let turnNow = next.withLock({ $0 }), turnNow != turn { monitor.wait() }
      guard next.withLock({ $0 }) != nil else { return false }
      try unsafe file.append(UnsafeRawBufferPointer(start: bytes.pointer, count: bytes.count))
      next.withLock { $0 = turn + 1 }
      monitor.wakeAll()
      return true
    }
  }

  /// Sends everybody home after a failure.
  func stop() {
    monitor.locked {
      next.withLock { $0 = nil }
      monitor.wakeAll()
    }
  }
}
