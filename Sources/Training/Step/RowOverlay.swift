import Kernels
import Optimization

/// Numbers for the rows of one batch that are added to rows read for another.
///
/// Filled by one thread; any number may read.
final class RowOverlay: @unchecked Sendable {
  // Unchecked: see above.

  /// The sums of the batch's gradients, [rows of the plan × row width].
  let sums: Floats
  /// Factors of the same rows, where they are asked for.
  let factors: Floats?
  /// What the sums were bounded by, and how often the batch has each row, where they are bounded.
  let bounds: (factors: Floats, counts: Floats)?
  /// Of each row of the table its place in the plan plus 1, or 0.
  private let places: View<Int32>
  private let width: Int
  private let none = View<UInt32>(count: 0)
  private var ids: View<UInt32>

  /// Room for plans of at most `capacity` of `rowCount` rows of `width` numbers.
  init(
    rowCount: Int, capacity: Int, width: Int, hasFactors: Bool = false, isBounded: Bool = false
  ) {
    self.width = width
    ids = none
    places = View(count: rowCount)
    sums = Floats(count: capacity * width)
    factors = hasFactors ? Floats(count: capacity * width) : nil
    bounds =
      isBounded
      ? (factors: Floats(count: capacity * width), counts: Floats(count: capacity)) : nil
  }

  /// Turns to the rows of another plan, whose sums are to be filled in.
  func turn(to plan: StepPlan) {
    for place in 0..<ids.count { places[Int(ids[place])] = 0 }
    ids = plan.ids.slice(0, plan.count)
    for place in 0..<ids.count { places[Int(ids[place])] = Int32(place + 1) }
  }

  /// Forgets the plan, whose list of rows may change.
  func clear() {
    for place in 0..<ids.count { places[Int(ids[place])] = 0 }
    ids = none
  }

  /// Adds factor · sums to those of `rows`, the rows with these ids, that are in the plan.
  func add(_ factor: Float, to rows: Floats, ids: View<UInt32>) {
    forShared(ids) { from, to in
      for lane in 0..<width { rows[to + lane] += factor * sums[from + lane] }
    }
  }

  /// Multiplies those of `rows`, the rows with these ids, that are in the plan by their factors and
  /// by what bounded them.
  func scale(_ rows: Floats, ids: View<UInt32>) {
    scale(rows, ids: ids, by: factors)
    scale(rows, ids: ids, by: bounds?.factors)
  }

  private func scale(_ rows: Floats, ids: View<UInt32>, by factors: Floats?) {
    guard let factors else { return }
    forShared(ids) { from, to in
      for lane in 0..<width { rows[to + lane] *= factors[from + lane] }
    }
  }

  /// Where each of the rows with these ids that is in the plan begins, in the plan and in the list.
  private func forShared(_ ids: View<UInt32>, _ body: (_ from: Int, _ to: Int) -> Void) {
    for entry in 0..<ids.count {
      let place = Int(places[Int(ids[entry])])
      if place > 0 { body((place - 1) * width, entry * width) }
    }
  }
}
