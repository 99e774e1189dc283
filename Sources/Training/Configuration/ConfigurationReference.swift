/// The page `docs/configuration.md`, made from the table of keys.
public enum ConfigurationReference {
  /// The whole page as Markdown.
  public static var page: String {
    var lines = introduction
    var section = ""
    let defaults = RunConfiguration()
    for key in ConfigurationKey.all {
      let keySection = String(key.path.prefix { $0 != "." })
      if keySection != section {
        section = keySection
        let title = section == key.path ? "`\(section)`" : "Section `\(section)`"
        lines += [
          "", "## \(title)", "", "| key | values | default | meaning |",
          "| --- | --- | --- | --- |",
        ]
      }
      let value = key.value(in: defaults).yaml
      lines.append("| `\(key.path)` | \(key.type) | `\(value)` | \(key.summary) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let introduction = [
    "# Configuration",
    "",
    "One YAML file, or none. Later sources win: defaults, then a recipe (`--recipe paper`, see",
    "[studies.md](studies.md)), then the file (`--config run.yaml`), then environment variables",
    "(`AUTOLOSS__TRAIN__BATCH_SIZE=2000`), then `--set train.batchSize=2000`, then flags of their",
    "own (`--threads 2`).",
    "",
    "Keys are strict: an unknown or repeated key, a wrong type or a value out of range ends the",
    "command with code 78 and `file:line:column`. Relative paths in a file belong to the folder",
    "of that file; elsewhere to the working folder. Every run folder holds",
    "`config.resolved.yaml`, which gives the same run again. A file may say `schemaVersion: 1`.",
    "",
    "This page is written by `autoloss config reference` from the table in",
    "`Sources/Training/Configuration/ConfigurationTable.swift`; a test keeps it current.",
  ]
}
