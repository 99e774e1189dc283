/// The annealed temperature of the Gumbel softmax: τ(t) = max(floor, start − slope·t).
///
/// The defaults are the paper's; the floor is reached at step 19,800. Source: Zhao et al.,
/// "AutoLoss", KDD 2021, §4.3.
public struct TemperatureSchedule: Sendable, Equatable, Codable {
  /// τ at step 0.
  public var start: Double
  /// How much τ falls with each step of the recommender network.
  public var slope: Double
  /// The least τ.
  public var floor: Double

  /// A schedule; traps unless 0 < floor ≤ start and the slope is not negative.
  public init(start: Double = 1, slope: Double = 0.000_05, floor: Double = 0.01) {
    precondition(floor > 0 && floor <= start, "a temperature falls from start to a floor above 0")
    precondition(slope >= 0, "a temperature does not rise")
    self.start = start
    self.slope = slope
    self.floor = floor
  }

  /// τ when the schedule is over: the floor, or where it starts if it does not fall.
  public var last: Double { slope > 0 ? floor : start }

  /// τ of `step`, counted from 0 in updates of the recommender network.
  public func callAsFunction(_ step: Int) -> Double { max(floor, start - slope * Double(step)) }
}
