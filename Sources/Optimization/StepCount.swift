/// A number of steps as people write it: `6000`, or in epochs `2ep`.
public enum StepCount {
  /// Reads "6000" or, with `stepsPerEpoch` steps in each epoch, "2ep"; nil for anything else and
  /// for more steps than can be counted.
  public static func read(_ text: some StringProtocol, stepsPerEpoch: Int) -> Int? {
    let unit = isInEpochs(text) ? max(stepsPerEpoch, 1) : 1
    let digits = isInEpochs(text) ? String(text.dropLast(2)) : String(text)
    guard let count = Int(digits), count >= 0 else { return nil }
    let (steps, overflows) = count.multipliedReportingOverflow(by: unit)
    return overflows ? nil : steps
  }

  /// Whether a text that is a number of steps counts in epochs.
  public static func isInEpochs(_ text: some StringProtocol) -> Bool { text.hasSuffix("ep") }
}
