import ArgumentParser

/// How a command that reports writes its result.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Write the result as one line of JSON.")
  var json = false
}
