/// A point of a run from which on the learning rate is a fraction of what it was before.
public struct LearningRateDrop: Sendable, Equatable, Codable {
  /// How many steps are made before it, at least 1.
  public var step: Int
  /// What the rate until then is multiplied by, more than 0 and less than 1.
  public var factor: Double

  /// A drop after `step` steps.
  public init(step: Int, factor: Double) {
    self.step = step
    self.factor = factor
  }

  /// What is wrong with drops in this order, as a sentence; nil when nothing is.
  public static func defect(of drops: [LearningRateDrop]) -> String? {
    for (drop, next) in zip(drops, drops.dropFirst()) where next.step <= drop.step {
      return "the drop after \(next.step) steps does not come later than the one before it, after"
        + " \(drop.step) steps"
    }
    for drop in drops where drop.step < 1 || !(drop.factor > 0 && drop.factor < 1) {
      return "\"\(drop)\" is no drop of the learning rate"
    }
    return nil
  }
}

extension LearningRateDrop: CustomStringConvertible {
  /// As it is written: "6000:0.1".
  public var description: String { "\(step):\(factor)" }

  /// How drops are written, for messages.
  public static let form =
    "write steps:factor, such as 6000:0.1, or epochs with `ep`, such as 1ep:0.1, with a whole"
    + " number above 0 and a factor between 0 and 1"

  /// Reads "6000:0.1" (after 6,000 steps a tenth of the rate until then) or "2ep:0.5" (after two
  /// epochs of `stepsPerEpoch` steps half of it); nil for anything else.
  public init?(_ text: String, stepsPerEpoch: Int) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let factor = Double(parts[1]), factor > 0, factor < 1 else {
      return nil
    }
    guard let step = StepCount.read(parts[0], stepsPerEpoch: stepsPerEpoch), step > 0 else {
      return nil
    }
    self.init(step: step, factor: factor)
  }

  /// Whether a text that is a drop counts in epochs.
  public static func countsEpochs(_ text: String) -> Bool { text.contains("ep:") }
}
