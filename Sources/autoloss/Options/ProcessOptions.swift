import ArgumentParser

/// How a command makes many runs, as processes of this program.
struct ProcessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Runs at a time.", valueName: "n"))
  var jobs = 1

  @Option(
    help: ArgumentHelp(
      "Line for the shell that starts a run elsewhere, such as 'srun -n1 {command}'.",
      valueName: "line"))
  var launch: String?

  /// How a run is started.
  var launcher: ChildProcess.Launcher { ChildProcess.Launcher(line: launch) }

  func validate() throws {
    guard (1...1000).contains(jobs) else {
      throw ValidationError("--jobs must be 1 to 1000, not \(jobs).")
    }
    if let launch, !launch.contains(ChildProcess.Launcher.mark) {
      throw ValidationError("--launch needs \(ChildProcess.Launcher.mark) where the command goes.")
    }
  }
}
