import ArgumentParser
import Foundation

/// Where a process of a cluster finds its keys.
struct KeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder of keys (`autoloss keys generate`); AUTOLOSS_KEYS names it as well.",
      valueName: "folder"))
  var keys: String?

  /// The folder, if one is named.
  func folder(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    let folder = keys ?? environment["AUTOLOSS_KEYS"] ?? ""
    return folder.isEmpty ? nil : folder
  }
}
