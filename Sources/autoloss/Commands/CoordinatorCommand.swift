import ArgumentParser
import Training

/// Leads a run that workers compute.
struct CoordinatorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Lead a run whose slices are computed by worker processes.",
    discussion: """
      Takes the same options as train and gives the same model, bit for bit, with any number of \
      workers. Only the coordinator reads the configuration; a worker needs its own copy of the \
      prepared data.

      EXAMPLE: a coordinator and two workers on one machine
        autoloss coordinator --data data --out run --listen tcp://127.0.0.1:5570 --loss fixed:ce
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data --threads 1
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data --threads 1

      Without --listen, AUTOLOSS_COORDINATOR=tcp://HOST:PORT says where workers look for it, and \
      else the job that Slurm started it in; deploy/README.md has recipes.
      """)

  @OptionGroup var options: RunOptions

  @Option(help: .key("cluster.listen", "tcp://host:port")) var listen: String?

  @OptionGroup var addresses: AddressOptions
  @Option(help: .key("cluster.servers", "count")) var servers: Int?
  @Option(help: .key("cluster.computeThreads", "n")) var computeThreads: Int?
  @Option(help: .key("cluster.mode", "mode")) var mode: String?
  @Option(help: .key("cluster.staleness", "steps")) var staleness: Int?

  @Option(help: "auto goes on from the newest checkpoint, never refuses a used folder.")
  var resume: ResumeMode = .never

  @OptionGroup var keys: KeyOptions

  @Flag(help: "Permit plain connections beyond loopback.")
  var insecure = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    let stop = StopSignal()
    let extra: [(flag: String, path: String, text: String?)] = [
      ("--listen", "cluster.listen", listen),
      ("--keys", "cluster.keys", keys.folder()),
      ("--servers", "cluster.servers", servers.map(String.init)),
      ("--compute-threads", "cluster.computeThreads", computeThreads.map(String.init)),
      ("--mode", "cluster.mode", mode),
      ("--staleness", "cluster.staleness", staleness.map(String.init)),
      ("--insecure", "cluster.insecure", insecure ? "true" : nil),
    ]
    let configuration = try options.resolve(
      extra: extra + addresses.flags, isCoordinator: true
    ).configuration
    try RunLog.run(configuration, role: "coordinator", json: report.json) { observer in
      try TrainingRun.coordinate(
        configuration, resume: resume, build: Version.build, stop: stop, observer: observer)
    }
  }
}
