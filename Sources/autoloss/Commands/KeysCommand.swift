import ArgumentParser
import Reporting
import Training
import Transport

/// Makes and shows the keys of a cluster.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make and show the keys that let a cluster work beyond one machine.",
    discussion: """
      docs/security.md says what they protect, and from whom.

      EXAMPLE: keys for a cluster, and what to compare by telephone
        autoloss keys generate --out keys
        autoloss keys show keys
      """,
    subcommands: [Generate.self, Show.self])

  /// Draws keys into a new folder, or adds one to it.
  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a coordinator's, a server's and workers' keys, and the allow-list.",
      discussion: """
        Secret files get the permissions 0600, and no file is written over. With --name one more \
        key is added to a folder; a coordinator that runs admits it at once.

        EXAMPLE: keys that all workers share, one for each of three, and one that comes later
          autoloss keys generate --out keys
          autoloss keys generate --out keys --workers 3
          autoloss keys generate --out keys --name late
        """)

    @Option(help: ArgumentHelp("Folder for the keys.", valueName: "folder"))
    var out: String

    @Option(help: ArgumentHelp("Keys of workers; one serves any number.", valueName: "n"))
    var workers: Int?

    @Option(help: ArgumentHelp("Add one key of this name instead.", valueName: "name"))
    var name: String?

    @OptionGroup var report: ReportOptions

    func validate() throws {
      guard name == nil || workers == nil else {
        throw ValidationError("--name adds one key, so it cannot be given with --workers.")
      }
      guard (1...10_000).contains(workers ?? 1) else {
        throw ValidationError("--workers must be 1 to 10000, not \(workers ?? 1).")
      }
    }

    func run() throws {
      let folder = KeyFolder(out)
      let names = try name.map(folder.add) ?? folder.generate(workers: workers ?? 1)
      let entries = try folder.entries().filter { names.contains($0.name) }
      try KeysCommand.show(entries, in: out, json: report.json)
    }
  }

  /// Shows what lies in a folder of keys.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show public keys, fingerprints and permissions; never a secret.",
      discussion: """
        EXAMPLE: whom a coordinator admits
          autoloss keys show keys
          autoloss keys show keys --json
        """)

    @Argument(help: ArgumentHelp("Folder of keys.", valueName: "folder"))
    var folder: String

    @OptionGroup var report: ReportOptions

    func run() throws {
      let entries = try KeyFolder(folder).entries()
      for entry in entries where !entry.isPrivate {
        Console.standardError.line(
          "warning: others can read \(folder)/\(entry.name).key "
            + "(mode \(entry.secretMode ?? "")); run chmod 600 on it")
      }
      try KeysCommand.show(entries, in: folder, json: report.json)
    }
  }

  private static func show(_ entries: [KeyEntry], in folder: String, json: Bool) throws {
    if json { return try Output.json(entries.map(Line.init)) }
    var table = ResultTable(["key", "fingerprint", "public key", "secret file", "admitted"])
    for line in entries.map(Line.init) {
      table.add([
        line.name, line.fingerprint ?? "unknown", line.publicKey ?? "unknown",
        line.secretMode.map { "mode \($0)" } ?? "not here", line.admitted ? "yes" : "no",
      ])
    }
    try Output.line(table.text)
  }

  private struct Line: Encodable {
    let name: String
    let fingerprint: String?
    let publicKey: String?
    let secretMode: String?
    let admitted: Bool

    init(_ entry: KeyEntry) {
      name = entry.name
      fingerprint = entry.publicKey?.fingerprint
      publicKey = entry.publicKey?.hexadecimal
      secretMode = entry.secretMode
      admitted = entry.isAllowed
    }
  }
}
