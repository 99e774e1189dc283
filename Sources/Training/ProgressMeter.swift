import Search

/// Adds up what the steps report and says, now and then, where the run stands.
struct ProgressMeter {
  /// Seconds of wall time and examples of all steps.
  private(set) var totalSeconds: Double
  private(set) var totalExamples: Int
  private let parts: RunParts
  private let schedule: Schedule
  private var sums: StrategySums
  private var upper: StrategySums
  private var last = ContinuousClock.now
  private var secondsSinceEvent = 0.0
  private var workers = 0
  /// All that is known of the parameters' age, and what was known at the last event.
  private var ages: [Int] = []
  private var toldAges: [Int] = []

  /// Seconds of training between two events.
  private static let interval = 2.0

  /// Adds to what an earlier stretch of the run came to; `ages` is known of it already.
  init(
    parts: RunParts, schedule: Schedule, after stretch: RateDropped? = nil, ages: [Int] = []
  ) {
    (totalSeconds, totalExamples) = (stretch?.seconds ?? 0, stretch?.examples ?? 0)
    self.parts = parts
    self.schedule = schedule
    (self.ages, toldAges) = (ages, ages)
    sums = parts.strategy.noSums
    upper = sums
  }

  /// Starts the clock, also after a pause that is not training.
  mutating func begin() { last = .now }

  /// Takes in the sums of one step.
  mutating func add(_ step: StrategySums, workers: Int, staleness: [Int] = []) {
    sums.add(step)
    ages = staleness
    totalExamples += step.rows
    self.workers = workers
    let passed = seconds(since: last)
    totalSeconds += passed
    secondsSinceEvent += passed
    last = .now
  }

  /// Takes in the sums of a controller update.
  mutating func add(validation: StrategySums) { upper.add(validation) }

  /// The event that is due with `step` steps done, or nil.
  mutating func event(after step: Int, force: Bool) -> RunProgress? {
    let passed = secondsSinceEvent
    guard force || passed >= Self.interval else { return nil }
    let progress = RunProgress(
      step: step, totalSteps: schedule.totalSteps, epoch: schedule.place(of: step - 1).epoch,
      examplesPerSecond: passed > 0 ? Double(sums.rows) / passed : 0, loss: sums.meanLoss,
      upperLoss: upper.rows > 0 ? upper.meanLoss : nil,
      temperature: parts.strategy.temperature(at: step - 1), shares: shares, workers: workers,
      staleness: Staleness(
        ages.enumerated().map { $1 - ($0 < toldAges.count ? toldAges[$0] : 0) }))
    toldAges = ages
    sums.reset()
    upper.reset()
    secondsSinceEvent = 0
    return progress
  }

  private var shares: [CandidateShare] {
    parts.strategy.candidates.enumerated().map { index, loss in
      let byLabel = sums.counts.indices.map { sums.meanShare(index, label: $0) }
      let isBinary = byLabel.count == 2
      return CandidateShare(
        candidate: loss.description, all: sums.meanShare(index),
        negatives: isBinary ? byLabel[0] : nil, positives: isBinary ? byLabel[1] : nil,
        byLabel: isBinary ? nil : byLabel)
    }
  }
}
