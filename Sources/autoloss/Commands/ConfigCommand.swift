import ArgumentParser
import Reporting
import Training

/// Shows and explains configurations.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check and show configurations.",
    discussion: """
      EXAMPLE: what a run would use, and why
        autoloss config show --config run.yaml --set train.seed=2 --origin
        autoloss config check --config run.yaml
        autoloss config keys
        autoloss config show > run.yaml        # a file with every default
      """,
    subcommands: [Show.self, Check.self, Keys.self, Reference.self])
}

extension ConfigCommand {
  /// Prints the resolved values.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the values a run would use, as a configuration file.",
      discussion: """
        EXAMPLE: as a file, with origins, for a script
          autoloss config show --config run.yaml
          autoloss config show --config run.yaml --origin
          autoloss config show --json
        """)

    @OptionGroup var options: RunOptions
    @OptionGroup var report: ReportOptions
    @Flag(help: "Print where each value came from.")
    var origin = false

    func run() throws {
      let resolved = try options.resolve()
      if report.json {
        try Output.json(resolved.listing.map(Entry.init))
      } else if origin {
        var table = ResultTable(["key", "value", "origin"])
        for entry in resolved.listing { table.add([entry.path, entry.value, entry.origin]) }
        try Output.line(table.text)
      } else {
        try Output.line(String(resolved.configuration.yaml.dropLast()))
      }
    }

    private struct Entry: Encodable {
      let key: String
      let value: String
      let origin: String

      init(_ entry: (path: String, value: String, origin: String)) {
        (key, value, origin) = (entry.path, entry.value, entry.origin)
      }
    }
  }

  /// Ends with 78 when the configuration is wrong.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a configuration; exit code 78 and the place when it is wrong.",
      discussion: """
        EXAMPLE: before submitting a job
          autoloss config check --config run.yaml && sbatch job.sh
        """)

    @OptionGroup var options: RunOptions

    func run() throws {
      _ = try options.resolve()
      Console.standardError.line("the configuration is correct")
    }
  }

  /// Lists all keys.
  struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List every key with its values, default and environment variable.",
      discussion: """
        EXAMPLE: everything about the controller
          autoloss config keys | grep controller
          autoloss config keys --json
        """)

    @OptionGroup var report: ReportOptions

    func run() throws {
      let defaults = RunConfiguration()
      if report.json {
        try Output.json(
          ConfigurationKey.all.map { key in
            [
              "key": key.path, "values": key.type.description, "meaning": key.summary,
              "default": key.value(in: defaults).yaml, "variable": key.environmentName,
            ]
          })
        return
      }
      var table = ResultTable(["key", "default", "values", "meaning"])
      for key in ConfigurationKey.all {
        table.add([
          key.path, key.value(in: defaults).yaml, key.type.description, key.summary,
        ])
      }
      try Output.line(table.text)
    }
  }

  /// Prints the page of the docs.
  struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the reference page of all keys as Markdown.",
      discussion: """
        EXAMPLE: renew the page after a change of the table of keys
          autoloss config reference > docs/configuration.md
        """)

    func run() throws { try Output.line(String(ConfigurationReference.page.dropLast())) }
  }
}
