/// A search by Hyperband that draws its points from models of what did well (BOHB).
///
/// Pure: it says what to try, in rounds, and is told what came of it. A round is a rung of a
/// bracket, and draws depend on finished rounds alone: not on how many trials are made at a time,
/// nor on which of them ends first. Source: Falkner et al., BOHB, ICML 2018.
public struct BOHB: Sendable {
  /// A point and what it came to.
  public struct Trial: Sendable, Equatable {
    /// Counted from 1.
    public let number: Int
    /// The bracket that it belongs to, counted from 1.
    public let bracket: Int
    /// Its coordinates, one for each axis.
    public let point: [Double]
    /// Whether a model drew it, and not chance alone.
    public let isFromModel: Bool
    /// What it came to, by budget: the less the better, infinite where it failed.
    public internal(set) var losses: [Int: Double] = [:]
  }

  /// Trials to be made side by side.
  public struct Round: Sendable, Equatable {
    /// The bracket, counted from 1.
    public let bracket: Int
    /// The rung of the bracket, counted from 1.
    public let rung: Int
    /// What each of the trials may spend, all in all; what it has spent before counts.
    public let budget: Int
    /// The numbers of the trials.
    public let trials: [Int]
  }

  /// All trials so far, by their numbers.
  public private(set) var trials: [Trial] = []

  private let hyperband: Hyperband
  private let brackets: Int
  private var sampler: DensitySampler
  /// Where the next round stands, from 0, and which trials go on to it.
  private var place = (bracket: 0, rung: 0)
  private var survivors: [Int] = []

  /// A search of so many brackets over points with these axes.
  public init(axes: [SearchAxis], hyperband: Hyperband, brackets: Int) {
    (self.hyperband, self.brackets) = (hyperband, brackets)
    sampler = DensitySampler(axes: axes)
  }

  /// What to try next; nil at the end. `draws` gives the numbers that a new trial is drawn with.
  public mutating func nextRound<Draws: RandomNumberGenerator>(
    draws: (_ trial: Int) -> Draws
  ) -> Round? {
    guard place.bracket < brackets else { return nil }
    let rung = hyperband.bracket(place.bracket)[place.rung]
    if place.rung == 0 {
      survivors = (0..<rung.points).map { _ in begin(draws) }
    }
    return Round(
      bracket: place.bracket + 1, rung: place.rung + 1, budget: rung.budget, trials: survivors)
  }

  private mutating func begin<Draws: RandomNumberGenerator>(_ draws: (Int) -> Draws) -> Int {
    let number = trials.count + 1
    var generator = draws(number)
    let (point, isFromModel) = sampler.propose(using: &generator)
    trials.append(
      Trial(number: number, bracket: place.bracket + 1, point: point, isFromModel: isFromModel))
    return number
  }

  /// Takes in what each trial of the round came to. Those that failed do not go on.
  public mutating func end(_ round: Round, losses: [Int: Double]) {
    for number in round.trials {
      let loss = losses[number].flatMap { $0.isNaN ? nil : $0 } ?? .infinity
      trials[number - 1].losses[round.budget] = loss
      sampler.note(trials[number - 1].point, budget: round.budget, loss: loss)
    }
    let rungs = hyperband.bracket(place.bracket)
    let ranked = round.trials.filter { loss($0, round.budget).isFinite }
      .sorted { (loss($0, round.budget), $0) < (loss($1, round.budget), $1) }
    place.rung += 1
    survivors = place.rung < rungs.count ? Array(ranked.prefix(rungs[place.rung].points)) : []
    if survivors.isEmpty { place = (place.bracket + 1, 0) }
  }

  private func loss(_ number: Int, _ budget: Int) -> Double {
    trials[number - 1].losses[budget] ?? .infinity
  }

  /// The trials that the next round goes on with; none at the end of a bracket.
  public var goingOn: Set<Int> { Set(survivors) }

  /// The trial that did best with the largest budget that any trial came through with, and that
  /// budget; nil before there is one. Trials that failed later are none to go on with.
  public var best: (trial: Trial, budget: Int)? {
    for budget in hyperband.budgets.reversed() {
      let through = trials.filter {
        $0.losses[budget] != nil && $0.losses.values.allSatisfy(\.isFinite)
      }
      let first = through.min {
        (loss($0.number, budget), $0.number) < (loss($1.number, budget), $1.number)
      }
      if let first { return (first, budget) }
    }
    return nil
  }

  /// How many trials all rounds begin.
  public var plannedTrials: Int {
    (0..<brackets).reduce(0) { $0 + (hyperband.bracket($1).first?.points ?? 0) }
  }
}
