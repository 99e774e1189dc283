/// Files that the checks of style let pass, each with its reason.
enum Exceptions {
  /// Source files without a test file of their name, under the test file that shows they work:
  /// parts of one machine that is tested as a whole, against its slow definition or a reference.
  static let testedElsewhere: [String: [String]] = [
    "Tests/autolossTests/Commands/CatalogueTests.swift": [
      "Sources/autoloss/Commands/LossesCommand.swift",
      "Sources/autoloss/Commands/StrategiesCommand.swift",
      "Sources/autoloss/Commands/VersionCommand.swift", "Sources/autoloss/Version.swift",
    ],
    "Tests/autolossTests/Commands/ConfigCommandTests.swift": [
      "Sources/autoloss/Options/RunOptions.swift", "Sources/autoloss/Output.swift",
    ],
    "Tests/autolossTests/Commands/PrepareCommandTests.swift": [
      "Sources/autoloss/DataSummary.swift", "Sources/autoloss/Options/ReportOptions.swift",
      "Sources/autoloss/Options/ThreadOptions.swift", "Sources/autoloss/WorkDisplay.swift",
    ],
  ]

  /// Files with unsafe code above the ground floor, and why.
  static let unsafeCode: [String: String] = [:]
}
