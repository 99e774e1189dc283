/// How many points get how large a budget.
///
/// A bracket begins with many points and a small budget; at each rung the best of them, one in η,
/// go on with η times as much. Brackets differ in where they begin: those that begin with more
/// budget save points that start slowly. Source: Li et al., Hyperband, JMLR 2018; the numbers of
/// points as HpBandSter rounds them.
public struct Hyperband: Sendable, Equatable {
  /// By how much budgets grow, and numbers of points shrink.
  public let eta: Int
  /// The budgets, ascending; each η times the one before it, rounded.
  public let budgets: [Int]

  /// One stage of a bracket.
  public struct Rung: Sendable, Equatable {
    /// How many points.
    public var points: Int
    /// What each may spend, all in all.
    public var budget: Int
  }

  /// Budgets from about `least`, which is at least 1, to `most`, which is at least `least`.
  public init(least: Int, most: Int, eta: Int = 3) {
    precondition((1...most).contains(least) && eta > 1, "budgets go from least to most")
    self.eta = eta
    var budgets: [Int] = []
    var divisor = 1
    while most / divisor >= least {
      let isUp = most % divisor >= divisor - divisor / 2
      budgets.append(most / divisor + (isUp ? 1 : 0))
      let (next, isTooLarge) = divisor.multipliedReportingOverflow(by: eta)
      if isTooLarge { break }
      divisor = next
    }
    self.budgets = budgets.reversed()
  }

  /// How many brackets differ; after them they repeat.
  public var cycle: Int { budgets.count }

  /// The rungs of a bracket, counted from 0.
  public func bracket(_ index: Int) -> [Rung] {
    let cuts = cycle - 1 - index % cycle
    let last = cycle / (cuts + 1)
    return budgets.suffix(cuts + 1).enumerated().map { rung, budget in
      let growth = (rung..<cuts).reduce(1) { product, _ in product * eta }
      return Rung(points: last * growth, budget: budget)
    }
  }
}
