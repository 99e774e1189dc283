import ArgumentParser
import Foundation

/// How many threads a command that is no run works with.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads, 0 for all; never changes the result.", valueName: "n"))
  var threads = 0

  /// At least one.
  var count: Int { threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard (0...1024).contains(threads) else {
      throw ValidationError("--threads must be 0 (all) to 1024, not \(threads).")
    }
  }
}
