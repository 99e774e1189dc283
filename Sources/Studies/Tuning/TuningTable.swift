/// The result of a search: every trial with every budget, the best first.
public struct TuningTable: Sendable, Equatable, Codable {
  /// What trials are ranked by.
  public var objective: TuningObjective
  /// Steps of the rungs, ascending.
  public var budgets: [Int]
  /// What the search varied.
  public var keys: [String]
  /// The trial that did best; nil when none came through.
  public var best: String?
  /// One for each trial and budget.
  public var rows: [Row]
  /// Sentences about what the figures are.
  public var notes: [String]

  /// What a trial came to with a budget.
  public struct Row: Sendable, Equatable, Codable {
    /// The trial's name.
    public var trial: String
    /// Its bracket, counted from 1.
    public var bracket: Int
    /// Whether a model drew it, and not chance alone.
    public var isFromModel: Bool
    /// Steps at most.
    public var steps: Int
    /// The values of `keys`.
    public var values: [String]
    /// Runs that have figures.
    public var runs: Int
    /// Means over its runs, on validation rows; without those that failed.
    public var measures: [StudyMeasure: Double]
    /// Why it failed: one of its runs did, or has not the objective's figure; else nil.
    public var failure: String?
    /// What it is ranked by, the less the better; nil where it failed.
    public var loss: Double?
  }

  /// The table of a search whose trials have these outcomes, by trial and budget.
  public init(
    _ objective: TuningObjective, _ search: BOHB, hyperband: Hyperband, keys: [String],
    values: (BOHB.Trial) -> [String], outcomes: [Int: [Int: [StudyOutcome]]]
  ) {
    self.objective = objective
    budgets = hyperband.budgets
    self.keys = keys
    best = search.best.map { Self.name($0.trial.number) }
    notes = []
    rows = search.trials.flatMap { trial in
      (outcomes[trial.number] ?? [:]).map { steps, outcomes in
        Row(trial, steps: steps, values(trial), outcomes, objective)
      }
    }
    rows.sort {
      ($1.steps, $0.loss ?? .infinity, $0.trial) < ($0.steps, $1.loss ?? .infinity, $1.trial)
    }
  }

  /// The name of a trial in files: `trial-0012`.
  public static func name(_ number: Int) -> String {
    let digits = String(number)
    return "trial-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// What became of each trial in the end: its row with the largest budget, the best first.
  public var finalRows: [Row] {
    var seen: Set<String> = []
    return rows.filter { seen.insert($0.trial).inserted }
  }
}

extension TuningTable.Row {
  fileprivate init(
    _ trial: BOHB.Trial, steps: Int, _ values: [String], _ outcomes: [StudyOutcome],
    _ objective: TuningObjective
  ) {
    let loss = objective.loss(of: outcomes)
    let figures = outcomes.compactMap(\.figures)
    var measures: [StudyMeasure: Double] = [:]
    for measure in StudyMeasure.allCases {
      let known = figures.compactMap(measure.value).filter(\.isFinite)
      if known.count == figures.count { measures[measure] = Sample(known).mean }
    }
    self.init(
      trial: TuningTable.name(trial.number), bracket: trial.bracket,
      isFromModel: trial.isFromModel, steps: steps, values: values, runs: figures.count,
      measures: measures,
      failure: outcomes.lazy.compactMap(\.failure).first
        ?? (loss.isFinite ? nil : "it has no \(objective.measure.title) on validation rows"),
      loss: loss.isFinite ? loss : nil)
  }
}

/// What a search makes as good as it can, on validation rows.
public enum TuningObjective: String, Sendable, CaseIterable, Codable {
  /// The area under the ROC curve.
  case auc
  /// The mean log loss.
  case logloss
  /// The log loss after Platt's scaling.
  case scaledLogloss

  /// The figure that it looks at.
  public var measure: StudyMeasure {
    switch self {
    case .auc: .auc
    case .logloss: .logloss
    case .scaledLogloss: .scaledLogloss
    }
  }

  /// The mean over the runs of a trial, the less the better; infinite where one has no figure.
  public func loss(of outcomes: [StudyOutcome]) -> Double {
    let values = outcomes.map { outcome in
      outcome.figures.flatMap(measure.value).map { self == .auc ? 1 - $0 : $0 }
    }
    let known = values.compactMap(\.self).filter(\.isFinite)
    guard known.count == outcomes.count, let mean = Sample(known).mean else { return .infinity }
    return mean
  }
}

extension StudyRun {
  /// The run of a trial with this seed and at most so many steps; it goes on from one with fewer.
  public static func trial(
    _ number: Int, seed: Int, steps: Int, model: String, loss: String, data: String,
    settings: [String]
  ) -> StudyRun {
    let trial = TuningTable.name(number)
    let method = StudyMethod(
      name: trial, title: trial, loss: loss, settings: settings + ["train.maxSteps=\(steps)"])
    return StudyRun(
      name: "\(trial)-seed\(seed)-\(steps)steps", group: trial, model: model, method: method,
      seed: seed, data: data, folder: "\(trial)-seed\(seed)")
  }
}
