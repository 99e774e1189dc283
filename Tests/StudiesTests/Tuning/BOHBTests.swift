import Testing

@testable import Studies

@Suite struct BOHBTests {
  private static let ground = [0.3, 0.7, 0.2, 0.6, 0.9, 0.45]

  /// A valley of six dimensions, seen through a fog that large budgets lift.
  private func valley(_ point: [Double], budget: Int, _ trial: Int) -> Double {
    let distances = zip(point, Self.ground).map { ($0 - $1) * ($0 - $1) }
    var fog = SplitMix(trial, budget)
    return distances.reduce(0, +) + 0.3 * fog.uniform() / Double(budget)
  }

  private func search(
    seed: Int, brackets: Int, _ loss: (BOHB.Trial, Int) -> Double
  ) -> BOHB {
    var bohb = BOHB(
      axes: Array(repeating: .continuous, count: Self.ground.count),
      hyperband: Hyperband(least: 1, most: 9), brackets: brackets)
    while let round = bohb.nextRound(draws: { SplitMix(seed, $0) }) {
      let losses = round.trials.map { ($0, loss(bohb.trials[$0 - 1], round.budget)) }
      bohb.end(round, losses: Dictionary(uniqueKeysWithValues: losses))
    }
    return bohb
  }

  /// With as much to spend, of which trials that go on spend only what is new, it comes nearer to
  /// the ground than chance does.
  @Test func itBeatsChance() throws {
    var (searched, random) = (0.0, 0.0)
    for seed in 1...20 {
      var spent: [Int: Int] = [:]
      let bohb = search(seed: seed, brackets: 12) { trial, budget in
        spent[trial.number] = budget
        return valley(trial.point, budget: budget, trial.number)
      }
      searched += try valley(#require(bohb.best).trial.point, budget: 1_000_000, 0)
      random += valley(byChance(seed, count: spent.values.reduce(0, +) / 9), budget: 1_000_000, 0)
    }
    #expect(searched < 0.6 * random, "\(searched / 20) against \(random / 20)")
  }

  /// The best of so many random points, each with the largest budget.
  private func byChance(_ seed: Int, count: Int) -> [Double] {
    var generator = SplitMix(seed, -1)
    let points = (0..<count).map { _ in Self.ground.map { _ in generator.uniform() } }
    let best = points.indices.min {
      valley(points[$0], budget: 9, $0) < valley(points[$1], budget: 9, $1)
    }
    return points[best ?? 0]
  }

  @Test func roundsAreRungs() {
    var bohb = BOHB(axes: [.continuous], hyperband: Hyperband(least: 1, most: 9), brackets: 4)
    var rounds: [BOHB.Round] = []
    while let round = bohb.nextRound(draws: { SplitMix(7, $0) }) {
      rounds.append(round)
      // Those that came last are the best.
      let losses = round.trials.map { ($0, -Double($0)) }
      bohb.end(round, losses: Dictionary(uniqueKeysWithValues: losses))
    }
    #expect(rounds.map(\.bracket) == [1, 1, 1, 2, 2, 3, 4, 4, 4])
    #expect(rounds.map(\.rung) == [1, 2, 3, 1, 2, 1, 1, 2, 3])
    #expect(rounds.map(\.budget) == [1, 3, 9, 3, 9, 9, 1, 3, 9])
    #expect(rounds[1].trials == [9, 8, 7] && rounds[2].trials == [9])
    #expect(rounds[3].trials == [10, 11, 12] && rounds[5].trials == [13, 14, 15])
    #expect(bohb.trials.count == 24 && bohb.plannedTrials == 24)
    #expect(bohb.best?.trial.number == 24 && bohb.best?.budget == 9)
    #expect(bohb.trials[8].losses == [1: -9, 3: -9, 9: -9])
  }

  /// A search that is told the same again makes the same again.
  @Test func sameSeedSameSearch() {
    func points(_ seed: Int, brackets: Int = 6) -> [[Double]] {
      search(seed: seed, brackets: brackets) { valley($0.point, budget: $1, $0.number) }
        .trials.map(\.point)
    }
    #expect(points(1) == points(1) && points(1) != points(2))
    // A longer search begins as a shorter one.
    #expect(points(1, brackets: 9).starts(with: points(1)))
  }

  /// Failures do not go on; a bracket in which all fail ends there.
  @Test func failuresDoNotGoOn() {
    let half = search(seed: 1, brackets: 3) { trial, _ in
      trial.number % 5 == 0 ? Double(trial.number) : .nan
    }
    #expect(half.trials[4].losses.count == 3 && half.trials[0].losses == [1: .infinity])
    #expect(half.best?.trial.number == 5)
    let none = search(seed: 1, brackets: 3) { _, _ in .infinity }
    #expect(none.best == nil && none.trials.count == none.plannedTrials)
    #expect(none.trials.allSatisfy { $0.losses.count == 1 })
  }

  /// Of two that did as well the earlier; a result of a large budget before any of a small one,
  /// but none of a trial that failed with more.
  @Test func theBestHasTheLargestBudget() {
    let bohb = search(seed: 1, brackets: 3) { _, budget in budget == 9 ? 5 : 1 }
    #expect(bohb.best?.budget == 9 && bohb.best?.trial.number == 1)
    let short = search(seed: 1, brackets: 3) { _, budget in budget == 9 ? .infinity : 1 }
    // Trial 1 went on to 9.
    #expect(short.best?.budget == 3 && short.best?.trial.number == 2)
  }
}
