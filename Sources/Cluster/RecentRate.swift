/// How often something happens, over about the last ten seconds, in constant memory.
///
/// Counts a present and a previous stretch of time, and takes of the previous one the part that the
/// last ten seconds still cover.
public struct RecentRate: Equatable, Sendable {
  /// The time that a rate is over.
  public static let milliseconds: Milliseconds = 10_000
  private let start: Milliseconds
  private var began: Milliseconds
  private var present = 0.0
  private var previous = 0.0

  /// Nothing has happened before `time`.
  public init(since time: Milliseconds) { (start, began) = (time, time) }

  /// Counts what happens at `time`.
  public mutating func add(_ amount: Double, at time: Milliseconds) {
    move(to: time)
    present += amount
  }

  /// The amount per second, as of `time`; of at least one second, so that a first event is no rush.
  public func perSecond(at time: Milliseconds) -> Double {
    var moved = self
    moved.move(to: time)
    let passed = Double(time - min(time, moved.began)) / Double(Self.milliseconds)
    let amount = moved.present + moved.previous * (1 - min(1, passed))
    let age = min(Self.milliseconds, max(1000, time - min(time, start)))
    return amount * 1000 / Double(age)
  }

  private mutating func move(to time: Milliseconds) {
    guard time >= began + Self.milliseconds else { return }
    let stretches = (time - began) / Self.milliseconds
    previous = stretches == 1 ? present : 0
    present = 0
    began += stretches * Self.milliseconds
  }
}
