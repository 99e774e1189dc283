import Foundation
import Reporting
import Synchronization
import Training

/// Shows the events of a run on stderr and keeps them in `metrics.jsonl`.
final class ConsoleObserver: RunObserver {
  private let console: Console
  private let metricsFile: URL?
  private let state = Mutex(State())

  private struct State {
    var metrics: MetricsLog?
    var metricsFailed = false
    var batchSize = 0
    var auc: Double?
  }

  /// `metricsFile` is opened at the first event; nil keeps nothing.
  init(console: Console, metricsFile: URL?) {
    self.console = console
    self.metricsFile = metricsFile
  }

  func observe(_ event: RunEvent) {
    state.withLock { state in
      keep(event, &state)
      show(event, &state)
    }
  }

  private func keep(_ event: RunEvent, _ state: inout State) {
    guard let metricsFile, !state.metricsFailed else { return }
    do {
      let log = try state.metrics ?? MetricsLog(file: metricsFile)
      state.metrics = log
      switch event {
      case .started(let values): try log.append("started", values)
      case .progress(let values): try log.append("progress", values)
      case .evaluated(let values): try log.append("evaluated", values)
      case .checkpointed(let values): try log.append("checkpointed", values)
      case .epochFinished(let values): try log.append("epochFinished", values)
      case .notice(let text, _): try log.append("notice", ["text": text])
      case .finished(let values): try log.append("finished", values)
      }
    } catch {
      // Training goes on: a full disk will stop the next checkpoint with its own error.
      state.metricsFailed = true
      console.line("warning: no more metrics are kept in \(metricsFile.path): \(error)")
    }
  }

  private func show(_ event: RunEvent, _ state: inout State) {
    switch event {
    case .started(let start):
      state.batchSize = start.batchSize
      console.line(Wording.start(start))
    case .progress(let progress):
      let line = Wording.status(progress, batchSize: state.batchSize, auc: state.auc)
      console.status(line.description)
    case .evaluated(let evaluation):
      state.auc = evaluation.auc
      console.line(Wording.evaluation(evaluation))
    case .checkpointed(let checkpoint): console.line(Wording.checkpoint(checkpoint))
    case .epochFinished(let report): console.line(Wording.coverage(report))
    case .notice(let text, _): console.line(text)
    case .finished: console.clearStatus()
    }
  }
}
