import Kernels

/// All parameters of a model at one version: rows, dense vector, running statistics.
///
/// A step at version t has phases; within a phase any number of threads work on disjoint chunks,
/// and between phases the caller waits for all of them. The bits do not depend on the cutting.
///
///     A  catchUp(plan, chunk)            rows of the step are brought to version t
///     B  read(ids) …                     slices copy weights and compute
///     C  commit(plan, chunk)             gradients are summed in the fixed tree and applied once
///        finish(contributions)           running statistics; version becomes t + 1 (one thread)
///
/// `peek` copies rows at version t at any time outside of C, without leaving a trace. A capture
/// keeps what the store holds between two steps while the next ones run; for its sake rows change
/// in A and C alone, and whoever writes them otherwise calls `keep` first.
public final class ParameterStore: @unchecked Sendable {
  /// The rows.
  public let rows: RowTable
  /// The dense vector.
  public let dense: DenseParameters
  /// Running means and variances.
  public let statistics: Floats
  /// The elements of the dense vector that this store moves: all, unless others own a part.
  public let ownedDense: Range<Int>
  /// How many steps have been applied.
  public private(set) var version: Int
  private var captures: (rows: RowCapture, capture: StoreCapture)?
  /// How much of a running statistic a step keeps (pytorch's momentum is 1 minus this).
  public static let statisticsKept: Float = 0.9

  private let denseSum: Floats
  private let statisticsSum: Floats

  /// A store at version 0 whose running statistics begin with these values.
  public init(
    rows: RowTable, dense: DenseParameters, statistics: [Float], ownedDense: Range<Int>? = nil
  ) {
    let owned = ownedDense ?? 0..<dense.count
    precondition(
      owned.lowerBound >= 0 && owned.upperBound <= dense.count, "no such dense parameters")
    self.rows = rows
    self.dense = dense
    self.statistics = View(statistics)
    self.ownedDense = owned
    version = 0
    denseSum = Floats(count: dense.count)
    statisticsSum = Floats(count: statistics.count)
  }

  /// Continues at another version, for a store whose memory was filled from a checkpoint.
  public func resume(at version: Int) { self.version = version }

  /// The capture of this store; the first call reserves its memory, between steps.
  public func reserveCapture() -> StoreCapture {
    if let captures { return captures.capture }
    let marks = RowCapture(rowCount: rows.rowCount, stride: rows.rawWidth)
    let capture = StoreCapture(self, rows: marks)
    captures = (marks, capture)
    return capture
  }

  /// Lets a capture that is under way copy these rows, which are about to change.
  public func keep(_ ids: View<UInt32>) { keep(ids, 0..<ids.count) }

  private func keep(_ ids: View<UInt32>, _ range: Range<Int>) {
    captures?.rows.keep(rows.memory, ids: ids, range: range)
  }

  /// Phase A: brings chunk `chunk` of the plan's rows up to the version and writes them back; where
  /// the first `known` of them were computed ahead, with the same bits.
  public func catchUp(
    _ plan: StepPlan, ahead: RowsAhead? = nil, known: Int = 0, chunk: Int, of chunks: Int
  ) {
    let range = plan.range(chunk: chunk, of: chunks)
    // The rows that phase C changes are these.
    keep(plan.ids, range)
    ahead?.adopt(
      into: rows.memory, kernel: rows.kernel, ids: plan.ids, range: range.clamped(to: 0..<known))
    rows.kernel.catchUp(rows.memory, ids: plan.ids, range: range, version: version)
  }

  /// Computes rows `range` of the plan for the step after the one at this version, beside the
  /// table; rows of `current`, the plan of that one, are left out, for it changes them.
  ///
  /// May be called whenever no phase runs.
  public func lookAhead(
    _ plan: StepPlan, _ range: Range<Int>, without current: StepPlan, into ahead: RowsAhead
  ) {
    ahead.fill(
      rows.memory, kernel: rows.kernel, ids: plan.ids, range: range, version: version + 1,
      changing: current.stamps)
  }

  /// Phase B: copies the weights of rows that were caught up; entry k goes to `k · rows.width`.
  public func read(_ ids: View<UInt32>, into weights: Floats) {
    rows.kernel.read(rows.memory, ids: ids, range: 0..<ids.count, into: weights)
  }

  /// Copies the weights of any rows as they are at this version, without changing them.
  public func peek(_ ids: View<UInt32>, into weights: Floats) {
    rows.kernel.peek(
      rows.memory, ids: ids, range: 0..<ids.count, version: version, into: weights)
  }

  /// Refuses a contribution with a number that is not finite; any thread may ask. `step` and
  /// `slice` say where it comes from.
  public func validate(
    _ contribution: SliceContribution, step: Int, slice: Int
  ) throws(GradientError) {
    func fail(_ place: GradientError.Place) throws(GradientError) {
      throw GradientError(step: step, slice: slice, place: place)
    }
    let width = rows.width
    if let index = FiniteCheck.firstNonFinite(
      contribution.rowGradients, count: contribution.ids.count * width)
    {
      try fail(.row(id: contribution.ids[index / width], lane: index % width))
    }
    if let index = FiniteCheck.firstNonFinite(contribution.denseGradient, count: dense.count) {
      let part = dense.parts.first { index < $0.offset + $0.width }
      try fail(.dense(index: index, part: part?.name ?? "dense"))
    }
    if let index = FiniteCheck.firstNonFinite(
      contribution.batchStatistics, count: statistics.count)
    {
      try fail(.statistic(index: index))
    }
  }

  /// Phase C: applies chunk `chunk` of the step to rows and dense vector; the contributions must
  /// have passed `validate`, and nil or a contribution without examples is left out.
  public func commit(
    _ plan: StepPlan, _ contributions: [SliceContribution?], chunk: Int, of chunks: Int
  ) {
    precondition(
      contributions.count == plan.slices, "a step needs a place for each slice's contribution")
    rows.kernel.commit(
      rows.memory, ids: plan.ids, range: plan.range(chunk: chunk, of: chunks),
      positions: plan.positions, slices: plan.slices, step: version + 1,
      occurrences: { contributions[$0].present?.occurrences },
      gradients: { contributions[$0].present?.rowGradients })
    let inside = ChunkRange.range(
      count: ownedDense.count, chunk: chunk, of: chunks, unit: DenseParameters.unit)
    let range =
      ownedDense.lowerBound + inside.lowerBound..<ownedDense.lowerBound + inside.upperBound
    GradientTree.sum(slices: plan.slices, range: range, into: denseSum) {
      contributions[$0].present?.denseGradient
    }
    dense.apply(gradient: denseSum, range: range, step: version + 1)
  }

  /// Ends the step, after all chunks: r ← 0.9·r + 0.1·mean over slices, version + 1.
  public func finish(_ contributions: [SliceContribution?]) {
    let sliceCount = contributions.reduce(0) { $0 + ($1.present?.sliceCount ?? 0) }
    if sliceCount > 0 && statistics.count > 0 {
      GradientTree.sum(
        slices: contributions.count, range: 0..<statistics.count, into: statisticsSum
      ) { contributions[$0].present?.batchStatistics }
      let share = (1 - Self.statisticsKept) / Float(sliceCount)
      for index in 0..<statistics.count {
        statistics[index] =
          Self.statisticsKept * statistics[index] + share * statisticsSum[index]
      }
    }
    version += 1
  }
}

extension Optional<SliceContribution> {
  /// The contribution, unless there is none or it covers no example.
  var present: SliceContribution? {
    guard let self, self.rows > 0 else { return nil }
    return self
  }
}
