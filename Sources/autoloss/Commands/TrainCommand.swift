import ArgumentParser
import Training

extension ResumeMode: ExpressibleByArgument {}

/// Trains in this process.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on this machine.",
    discussion: """
      Threads are the workers; their number never changes the result. SIGTERM, SIGINT and SIGUSR1 \
      write a checkpoint and end with code 75; the same command with --resume auto goes on to the \
      same final bits. The run folder holds config.resolved.yaml, metrics.jsonl and checkpoints.

      EXAMPLE: a searched loss; from a file; what a run would be
        autoloss train --data data --out run --model deepfm --loss autoloss --epochs 1 --seed 1
        autoloss train --config run.yaml --set train.batchSize=2000 --resume auto
        autoloss train --data data --model ipnn --loss fixed:ce --dry-run
      """)

  @OptionGroup var options: RunOptions

  @Option(help: "auto goes on from the newest checkpoint, never refuses a used folder.")
  var resume: ResumeMode = .never

  @Flag(help: "Check everything and print what the run would be, without writing.")
  var dryRun = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    let stop = StopSignal()
    let configuration = try options.resolve().configuration
    if dryRun { return try show(TrainingRun.plan(configuration)) }
    try RunLog.run(configuration, role: "train", json: report.json) { observer in
      try TrainingRun.train(configuration, resume: resume, stop: stop, observer: observer)
    }
  }

  private func show(_ plan: RunPlan) throws {
    if report.json { try Output.json(plan) } else { try Output.line(Wording.plan(plan)) }
  }
}
