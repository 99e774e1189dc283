/// How far a pass over rows is, in one line.
public struct WorkLine: Sendable, Equatable {
  /// What is being done, such as `counting`.
  public var work: String
  /// Rows done.
  public var rows: Int
  /// The share that is done, from 0 to 1; nil when the end is not known.
  public var share: Double?
  /// Seconds since the pass began.
  public var seconds: Double

  /// A line of these figures.
  public init(work: String, rows: Int, share: Double?, seconds: Double) {
    self.work = work
    self.rows = rows
    self.share = share
    self.seconds = seconds
  }
}

extension WorkLine: CustomStringConvertible {
  /// Such as `counting  1,200,000 rows  45 %  320 k/s  ETA 4.6 s`.
  public var description: String {
    var parts = [work, "\(Figures.count(rows)) rows"]
    if let share { parts.append("\(Figures.fixed(share * 100, 0)) %") }
    if seconds > 0 { parts.append(Figures.rate(Double(rows) / seconds)) }
    if let share, share > 0, seconds > 1 {
      parts.append("ETA \(Figures.duration(seconds * (1 - share) / share))")
    }
    return parts.joined(separator: "  ")
  }
}
