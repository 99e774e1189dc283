import ArgumentParser
import Foundation
import Testing

@testable import autoloss

@Suite struct AutolossTests {
  /// Every command and subcommand of the tool, found from the tree itself.
  static let commands = Self.paths(of: Autoloss.self, [])

  private static func paths(of command: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
    let inner =
      command.configuration.subcommands
      + command.configuration.groupedSubcommands
      .flatMap(\.subcommands)
    let children = inner.flatMap { child in
      paths(of: child, path + [child._commandName])
    }
    return [path] + children
  }

  @Test(arguments: commands)
  func helpTeachesByExample(command: [String]) throws {
    let result = try CommandLineTool.run(command + ["--help"])
    #expect(result.exitCode == 0)
    #expect(result.output.contains("EXAMPLE"), "no example in the help of \(command)")
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    (["--bogus"], 64, "Unknown option"),
    (["bogus"], 64, "bogus"),
    (["config", "show", "--set", "nonsense"], 64, "--set needs KEY=VALUE"),
    (["config", "show", "--set", "train.lr=1"], 78, "did you mean train.learningRate?"),
    (["config", "show", "--loss", "ce"], 78, "write fixed:ce"),
    (["config", "show", "--threads", "many"], 78, "at: --threads"),
    (["config", "check", "--config", "absent.yaml"], 66, "no such configuration file"),
  ])
  func mistakesHaveTheirCode(arguments: [String], code: Int32, message: String) throws {
    let result = try CommandLineTool.run(arguments)
    #expect(result.exitCode == code)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty, "stdout is for results")
  }

  @Test func placesAreInTheFile() throws {
    try CommandLineTool.withFolder { folder in
      try Data("train:\n  lr: 0.1\n".utf8).write(to: folder.appending(path: "run.yaml"))
      let result = try CommandLineTool.run(
        ["config", "check", "--config", "run.yaml"], in: folder)
      #expect(result.exitCode == 78)
      #expect(
        result.errors == """
          error: train.lr: unknown key, did you mean train.learningRate?
            at: run.yaml:2:3
            fix: see `autoloss config keys` for all keys

          """)
    }
  }

  @Test func theShownConfigurationIsAConfigurationFile() throws {
    try CommandLineTool.withFolder { folder in
      let arguments = ["config", "show", "--loss", "fixed:ce", "--data", "d"]
      let first = try CommandLineTool.run(arguments, in: folder)
      try Data(first.output.utf8).write(to: folder.appending(path: "run.yaml"))
      let second = try CommandLineTool.run(["config", "show", "--config", "run.yaml"], in: folder)
      #expect(second.exitCode == 0)
      #expect(first.output == second.output)
      #expect(first.output.contains("loss: \"fixed:ce\""))
    }
  }

  @Test func variablesComeBetweenFileAndFlags() throws {
    let variable = ["AUTOLOSS__TRAIN__SEED": "7", "AUTOLOSS__TRAIN__EPOCHS": "8"]
    let result = try CommandLineTool.run(
      ["config", "show", "--epochs", "9"], environment: variable)
    #expect(result.output.contains("seed: 7") && result.output.contains("epochs: 9"))
  }

  @Test(arguments: [
    ["version", "--json"], ["config", "show", "--json"], ["config", "keys", "--json"],
  ])
  func machinesReadJSON(arguments: [String]) throws {
    let result = try CommandLineTool.run(arguments)
    #expect(result.exitCode == 0)
    _ = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
  }
}
