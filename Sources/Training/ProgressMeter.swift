import Search

/// Adds up what the steps report and says, now and then, where the run stands.
struct ProgressMeter {
  /// Seconds of wall time and examples of all steps.
  private(set) var totalSeconds: Double
  private(set) var totalExamples: Int
  private let parts: RunParts
  private let schedule: Schedule
  /// Since the last event that the clock brought, and since the last point that steps brought.
  private var told: Stretch
  private var drawn: Stretch
  private var last = ContinuousClock.now
  private var workers = 0
  /// All that is known of the parameters' age.
  private var ages: [Int] = []

  /// What the steps since an event came to.
  private struct Stretch {
    var sums: StrategySums
    var upper: StrategySums
    var seconds = 0.0
    /// What was known of the parameters' age at the event.
    var toldAges: [Int]

    init(_ none: StrategySums, ages: [Int]) { (sums, upper, toldAges) = (none, none, ages) }

    mutating func add(_ step: StrategySums, seconds passed: Double) {
      sums.add(step)
      seconds += passed
    }

    mutating func reset(ages: [Int]) {
      sums.reset()
      upper.reset()
      seconds = 0
      toldAges = ages
    }
  }

  /// Seconds of training between two events.
  private static let interval = 2.0

  /// Adds to what an earlier stretch of the run came to; `ages` is known of it already.
  init(
    parts: RunParts, schedule: Schedule, after stretch: RateDropped? = nil, ages: [Int] = []
  ) {
    (totalSeconds, totalExamples) = (stretch?.seconds ?? 0, stretch?.examples ?? 0)
    self.parts = parts
    self.schedule = schedule
    self.ages = ages
    told = Stretch(parts.strategy.noSums, ages: ages)
    drawn = told
  }

  /// Starts the clock, also after a pause that is not training.
  mutating func begin() { last = .now }

  /// Takes in the sums of one step.
  mutating func add(_ step: StrategySums, workers: Int, staleness: [Int] = []) {
    ages = staleness
    totalExamples += step.rows
    self.workers = workers
    let passed = seconds(since: last)
    totalSeconds += passed
    told.add(step, seconds: passed)
    drawn.add(step, seconds: passed)
    last = .now
  }

  /// Takes in the sums of a controller update.
  mutating func add(validation: StrategySums) {
    told.upper.add(validation)
    drawn.upper.add(validation)
  }

  /// The event that is due by the clock with `step` steps done, or nil.
  mutating func event(after step: Int, force: Bool) -> RunProgress? {
    guard force || told.seconds >= Self.interval else { return nil }
    defer { told.reset(ages: ages) }
    return progress(after: step, over: told)
  }

  /// The point that is due with `step` steps done, whatever the clock says, or nil.
  mutating func point(after step: Int, force: Bool) -> RunProgress? {
    guard force || schedule.hasPoint(after: step) else { return nil }
    defer { drawn.reset(ages: ages) }
    return progress(after: step, over: drawn)
  }

  private func progress(after step: Int, over stretch: Stretch) -> RunProgress {
    RunProgress(
      step: step, totalSteps: schedule.totalSteps, epoch: schedule.place(of: step - 1).epoch,
      examplesPerSecond: stretch.seconds > 0 ? Double(stretch.sums.rows) / stretch.seconds : 0,
      loss: stretch.sums.meanLoss,
      upperLoss: stretch.upper.rows > 0 ? stretch.upper.meanLoss : nil,
      temperature: parts.strategy.temperature(at: step - 1), shares: shares(stretch.sums),
      workers: workers,
      staleness: Staleness(
        ages.enumerated().map { place, age in
          age - (place < stretch.toldAges.count ? stretch.toldAges[place] : 0)
        }))
  }

  private func shares(_ sums: StrategySums) -> [CandidateShare] {
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
