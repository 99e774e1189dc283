import Foundation
import Logging
import Reporting
import Synchronization
import Training

/// Logs the events of a run, shows on a terminal where it stands, and keeps all in `metrics.jsonl`.
final class ConsoleObserver: RunObserver {
  private let logger: Logger
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
  init(logger: Logger, console: Console, metricsFile: URL?) {
    self.logger = logger
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
      case .point(let values): try log.append("point", values)
      case .evaluated(let values): try log.append("evaluated", values)
      case .checkpointed(let values): try log.append("checkpointed", values)
      case .epochFinished(let values): try log.append("epochFinished", values)
      case .notice(let text, let level):
        try log.append("notice", ["text": text, "level": level.rawValue])
      case .finished(let values): try log.append("finished", values)
      }
    } catch {
      // Training goes on: a full disk will stop the next checkpoint with its own error.
      state.metricsFailed = true
      logger.warning(
        "no more metrics are kept in \(metricsFile.path): \(error.localizedDescription)")
    }
  }

  private func show(_ event: RunEvent, _ state: inout State) {
    switch event {
    case .started(let start): state.batchSize = start.batchSize
    case .evaluated(let evaluation): state.auc = evaluation.auc
    case .finished: console.clearStatus()
    case .progress(let progress):
      let line = Wording.status(progress, batchSize: state.batchSize, auc: state.auc)
      return console.status(line.description) { log(event) }
    case .point: return
    case .checkpointed, .epochFinished, .notice: break
    }
    log(event)
  }

  private func log(_ event: RunEvent) {
    let entry = LogEntry(event)
    logger.log(level: entry.level, "\(entry.message)", metadata: entry.details)
  }
}
