/// Files that the checks of style let pass, each with its reason.
enum Exceptions {
  /// Source files without a test file of their name.
  static let untested: [String: String] = [
    "Sources/autoloss/Commands/LossesCommand.swift": "CatalogueTests",
    "Sources/autoloss/Commands/StrategiesCommand.swift": "CatalogueTests",
    "Sources/autoloss/Commands/VersionCommand.swift": "CatalogueTests",
    "Sources/autoloss/DataSummary.swift": "PrepareCommandTests and InspectCommandTests",
    "Sources/autoloss/Options/ReportOptions.swift": "one flag, used by the tests of every command",
    "Sources/autoloss/Options/RunOptions.swift": "ConfigCommandTests and AutolossTests",
    "Sources/autoloss/Options/ThreadOptions.swift": "one option, used by PrepareCommandTests",
    "Sources/autoloss/Output.swift": "every test that reads stdout",
    "Sources/autoloss/Version.swift": "CatalogueTests",
    "Sources/autoloss/WorkDisplay.swift": "WorkLineTests and ConsoleTests hold its two parts",
  ]

  /// Files with unsafe code above the ground floor.
  static let unsafeCode: [String: String] = [:]
}
