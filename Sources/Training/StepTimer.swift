import Datasets
import Kernels
import Optimization

/// Runs training steps without evaluation or checkpoints and times each: for benchmarks.
public final class StepTimer {
  /// Rows of a full batch.
  public let batchSize: Int
  /// Different rows of the table that the last step touched.
  public private(set) var touchedRows = 0
  /// Bytes of a row with its optimizer state.
  public let rowBytes: Int
  /// Floating-point operations of the matrix products of one example, forward and backward.
  public let productFlops: Double
  private let compute: LocalCompute
  private var step = 0

  /// A run on the data of `configuration` that starts at step 0; nothing is written.
  public init(_ configuration: RunConfiguration) throws {
    let setup = try RunSetup(configuration)
    compute = LocalCompute(parts: setup.parts, source: setup.source, threads: setup.threads)
    batchSize = configuration.train.batchSize
    rowBytes = 4 * setup.parts.store.rows.memory.count / max(1, setup.parts.schema.rowCount)
    // Forward, gradient of the input and gradient of the weight: three products a layer.
    productFlops = setup.parts.program.parameters.filter { $0.shape.count == 2 }
      .reduce(0) { $0 + 6 * Double($1.count) }
  }

  /// Makes `count` steps; returns the seconds of each, controller updates included.
  public func run(steps count: Int) throws -> [Double] {
    let total = compute.source.schedule.totalSteps
    return try (0..<count).map { _ in
      precondition(step + 1 < total, "the run has only \(total) steps: set more epochs")
      let began = ContinuousClock.now
      try advance()
      return seconds(since: began)
    }
  }

  private func advance() throws {
    if compute.usesKeptGradient(before: step) {
      try compute.makeKeptUpdate()
    } else if compute.controllerDelay == 0, let update = compute.controllerUpdate(at: step) {
      _ = try compute.updateController(step: step, batch: update.batch)
    }
    _ = try compute.train(step: step, upcoming: compute.reads(for: step + 1))
    touchedRows = compute.next.plan.count
    step += 1
  }

  /// Seconds to copy the weights of `count` rows at random places of the table, per row, with one
  /// thread: what memory allows.
  public func secondsPerGatheredRow(count: Int = 20_000) -> Double {
    let store = compute.parts.store
    let randomness = Randomness(seed: 1, purpose: .test)
    let rowCount = compute.parts.schema.rowCount
    let target = Floats(count: count * store.rows.width)
    let times = (0..<7).map { round in
      let ids = View(
        (0..<count).map { UInt32(randomness.word(example: $0, lane: round)) % UInt32(rowCount) })
      let began = ContinuousClock.now
      store.read(ids, into: target)
      return seconds(since: began) / Double(count)
    }
    return times.sorted()[times.count / 2]
  }
}
