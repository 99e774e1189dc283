import Foundation

/// The course of a run, read from its `metrics.jsonl`.
public struct RunHistory: Sendable, Equatable {
  /// Where it stood when the clock said so, by step.
  public private(set) var progress: [RunProgress] = []
  /// Where it stood at the steps that its length decides, by step; none in what older versions
  /// told.
  public private(set) var points: [RunProgress] = []
  /// Its evaluations on validation rows, by step.
  public private(set) var evaluations: [RunEvaluation] = []

  /// How each of its processes that came to an end summed it up.
  public private(set) var summaries: [RunSummary] = []

  private struct Name: Decodable { var event: String }

  /// Reads the file. Of steps that were made again after a resume the later words count. A last
  /// line that a process left half written is left out.
  ///
  /// - Throws: `Failure` where there is no file, or a line of it is no event.
  public init(file: URL) throws {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure(
        "the run has told nothing yet", at: file.path,
        remedy: "name the folder of a run that was started", exitCode: .missingInput)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in zip(1..., lines) where !line.isEmpty {
      do {
        try take(Data(line.utf8))
      } catch {
        if number == lines.count { continue }
        throw Failure(
          "the line is no event of a run", at: "\(file.path):\(number)",
          remedy: "restore the file, or take the line out", exitCode: .badData)
      }
    }
  }

  private mutating func take(_ line: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    switch try decoder.decode(Name.self, from: line).event {
    case "progress":
      let next = try decoder.decode(RunProgress.self, from: line)
      progress.removeAll { $0.step >= next.step }
      progress.append(next)
    case "point":
      let next = try decoder.decode(RunProgress.self, from: line)
      points.removeAll { $0.step >= next.step }
      points.append(next)
    case "evaluated":
      let next = try decoder.decode(RunEvaluation.self, from: line)
      evaluations.removeAll { $0.step >= next.step }
      evaluations.append(next)
    case "started":
      let step = try decoder.decode(RunStart.self, from: line).firstStep
      progress.removeAll { $0.step > step }
      points.removeAll { $0.step > step }
      evaluations.removeAll { $0.step > step }
    case "finished": summaries.append(try decoder.decode(RunSummary.self, from: line))
    default: break
    }
  }
}
