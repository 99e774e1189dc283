import Datasets
import Foundation
import Reporting
import Studies
import Training

/// The searches for the weights in BOHB's row of table 2: one for each model, before the table's
/// runs, each in a folder of its own inside the study's.
struct WeightSearch {
  private let models: [String]
  private let options: StudyPlan.Options
  private let folder: StudyFolder
  private let settings: StudyRunner.Settings
  private let stop: StopSignal

  /// What the searches came to.
  struct Found {
    /// By model, as `--loss` takes them; where the search failed, a text that is no strategy.
    var weights: [String: String] = [:]
    /// Why a model has none.
    var failures: [String: String] = [:]
    /// Sentences for the table.
    var notes: [String] = []

    /// The runs of `plan` that cannot be made, and why.
    func refused(_ plan: StudyPlan) -> [String: String] {
      let runs = plan.runs.filter {
        $0.method.name == StudyMethod.bohbName && failures[$0.model] != nil
      }
      return Dictionary(uniqueKeysWithValues: runs.map { ($0.name, failures[$0.model] ?? "") })
    }
  }

  /// What stands in the place of weights that were not found.
  private static let noWeights = "no weights"

  init(
    _ models: [String], _ options: StudyPlan.Options, _ folder: StudyFolder,
    _ settings: StudyRunner.Settings, _ stop: StopSignal
  ) {
    (self.models, self.options, self.folder) = (models, options, folder)
    (self.settings, self.stop) = (settings, stop)
  }

  /// Makes the searches that are not finished; `budget` is in steps, nil for an epoch.
  ///
  /// A search that ends for reasons that lie outside of its configurations leaves its model without
  /// weights; else throws as `TuningRunner.make` does.
  func make(budget: Int?) throws -> Found {
    var found = Found()
    // All that can be checked is, before the first run.
    let searches = try models.map { model in (model, try search(model, budget)) }
    for (model, (place, runner)) in searches {
      Console.standardError.line("the search for the weights of \(model) begins")
      let lock = try place.claim()
      defer { lock.release() }
      let result: TuningRunner.Result
      do { result = try runner.make() } catch let failure as Failure
        where failure.exitCode == .unavailable
      {
        found.weights[model] = Self.noWeights
        found.failures[model] = "the search for its weights ended: \(failure.what)"
        continue
      }
      _ = try place.publish(result)
      guard let best = result.best else {
        found.weights[model] = Self.noWeights
        found.failures[model] = "the search for its weights failed, see \(place.url.path)"
        continue
      }
      found.weights[model] = best.loss
      found.notes.append(
        "BOHB's weights for \(model) are \(best.loss), found by \(result.table.finalRows.count) "
          + "trials with \(result.steps) steps in all, chosen by validation AUC (seed 1); the "
          + "times of its row are those of the runs with these weights, without the search.")
    }
    return found
  }

  private func search(_ model: String, _ budget: Int?) throws -> (StudyFolder, TuningRunner) {
    let plan = StudyPlan(.table2, .init(models: [model], seeds: 1, data: options.data))
    guard let run = plan.runs.first else { preconditionFailure("table 2 has runs") }
    var base = try StudyRunner.configuration(run, folder, settings)
    // Any loss that there is: its weights are what is searched for.
    base.loss = "al1"
    let place = StudyFolder(folder.url.appending(path: "bohb/\(model)").path)
    base.out = place.url.appending(path: "best").path
    let steps = try TuningRunner.stepsPerEpoch(base, Dataset(folder: options.data))
    let limit = base.train.maxSteps > 0 ? min(steps, base.train.maxSteps) : steps
    let hyperband = try TuneCommand.hyperband(base, least: nil, most: budget ?? limit, eta: 3)
    let runner = try TuningRunner(
      place,
      TuningRunner.Settings(
        base: base, space: .weights(of: base.search.candidates), hyperband: hyperband,
        brackets: hyperband.cycle, jobs: settings.jobs, launcher: settings.launcher), stop: stop)
    return (place, runner)
  }
}
