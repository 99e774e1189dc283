/// Which slices of an epoch have been applied, and how many rows they held.
///
/// A slice's rows are a pure function of its address and the slices of an epoch cut its rows
/// without overlap, so slices applied once each are examples that count once each.
struct Coverage: Sendable, Equatable {
  private let epoch: Int
  private let rows: Int
  private let slicesPerStep: Int
  private var applied: [Bool]
  private var seen = 0
  private var repeated = 0

  /// An epoch of `steps` steps over `rows` rows, nothing applied yet.
  init(epoch: Int, rows: Int, steps: Int, slicesPerStep: Int) {
    self.epoch = epoch
    self.rows = rows
    self.slicesPerStep = slicesPerStep
    applied = Array(repeating: false, count: steps * slicesPerStep)
  }

  /// Marks one slice of a step of this epoch as applied.
  mutating func apply(step: Int, slice: Int, rows: Int) {
    let place = step * slicesPerStep + slice
    if applied[place] { repeated += 1 }
    applied[place] = true
    seen += rows
  }

  /// What has been applied so far.
  var report: CoverageReport {
    CoverageReport(
      epoch: epoch, rows: rows, seen: seen, repeatedSlices: repeated,
      missingSlices: applied.count { !$0 })
  }
}
