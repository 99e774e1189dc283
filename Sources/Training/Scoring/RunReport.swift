import Foundation
import Search

/// What a run did with its candidate losses: how much of the training went to each, and what the
/// controller has learned to answer.
public struct RunReport: Sendable, Codable, Equatable {
  /// What the model is.
  public var checkpoint: CheckpointInspection
  /// Where the run stood, by step.
  public var progress: [RunProgress]
  /// Quality on validation rows, by step.
  public var evaluations: [RunEvaluation]
  /// What the controller's updates lowered; nil where it did not learn from validation rows.
  public var aim: Aim?
  /// What the controller answers; nil where the strategy has none.
  public var response: ControllerResponse?
  /// What to think of it, a sentence each.
  public var findings: [String]

  /// What the updates of a controller lower.
  public struct Aim: Sendable, Codable, Equatable {
    /// The objective on validation rows, `search.upper`.
    public var upper: String
    /// ξ, `search.virtualStep`.
    public var virtualStep: Double
    /// Steps between two updates, the paper's f: `search.every`.
    public var every: Int
  }

  /// Answers that differ by less are called the same: far below the noise of two seeds.
  static let sameAnswer: Float = 0.02

  /// Reads a run's course and the checkpoint that the run stands for.
  ///
  /// - Throws: `Failure` and `DataError` where files are missing or damaged.
  public init(runFolder: String) throws {
    let model = try TrainedModel(runFolder: runFolder)
    let history = try RunHistory(file: RunFolder(URL(fileURLWithPath: runFolder)).metrics)
    checkpoint = try CheckpointInspection.inspect(runFolder)
    progress = history.points.isEmpty ? history.progress : history.points
    evaluations = history.evaluations
    let search = model.parts.configuration.search
    aim =
      model.parts.strategy.learnsFrom == .validation
      ? Aim(
        upper: search.upper.rawValue, virtualStep: search.virtualStep, every: search.every) : nil
    response = model.response
    findings = Self.findings(response, aim: aim, shares: progress.last?.shares ?? [])
  }

  /// Says whether the controller tells examples apart, whether what it lowers is worth lowering,
  /// and whether one candidate has it all.
  static func findings(
    _ response: ControllerResponse?, aim: Aim? = nil, shares: [CandidateShare]
  ) -> [String] {
    var sentences: [String] = []
    if let response {
      let all = span(response.answers.flatMap(\.self))
      let within = response.answers.map(span).max() ?? 0
      let figure = { (value: Float) in "\((value * 1000).rounded() / 1000)" }
      if all < sameAnswer {
        sentences.append(
          "The controller answers the same for every example (within \(figure(all))): "
            + "fixed weights would do as well.")
      } else if within < sameAnswer {
        sentences.append(
          "The controller tells labels apart (by up to \(figure(all))) and not predictions "
            + "(\(figure(within))).")
      } else {
        sentences.append(
          "The controller's answers move by up to \(figure(within)) with the prediction and by "
            + "up to \(figure(all)) over all examples.")
      }
    } else {
      sentences.append("The strategy has no controller: nothing depends on the example.")
    }
    if let aim, aim.upper == UpperObjective.paper.rawValue, aim.virtualStep == 0 {
      sentences.append(
        "The controller lowers the weighted losses themselves (search.upper is paper, ξ is 0): "
          + "that favours the smallest loss, whatever it is good for.")
    }
    if shares.count > 1, let first = shares.max(by: { $0.all < $1.all }), first.all > 0.98 {
      sentences.append(
        "Nearly all of the training (\((first.all * 1000).rounded() / 10) %) goes to "
          + "\(first.candidate).")
    }
    return sentences
  }

  /// The largest difference between two answers about one candidate.
  private static func span(_ answers: [[Float]]) -> Float {
    guard let count = answers.first?.count else { return 0 }
    return (0..<count).map { candidate in
      let values = answers.map { $0[candidate] }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }.max() ?? 0
  }
}
