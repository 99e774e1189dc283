import Testing

@testable import Training

@Suite struct ResolvedConfigurationTests {
  @Test func errorsStandWhereTheValueWasSet() throws {
    var resolver = ConfigurationResolver(workingFolder: "/")
    try resolver.read(yaml: "model:\n  name: ipnn", named: "run.yaml", folder: "/")
    let resolved = try resolver.resolve()
    let error = resolved.error("model.name", "no such model", remedy: "choose deepfm or ipnn")
    #expect(
      error.description == """
        error: model.name: no such model
          at: run.yaml:2:9
          fix: choose deepfm or ipnn
        """)
    #expect(resolved.error("train.seed", "odd", remedy: "even").place == nil)
  }

  @Test func listsEveryKeyWithItsOrigin() throws {
    var resolver = ConfigurationResolver(workingFolder: "/")
    try resolver.apply(flag: "--seed", to: "train.seed", "9")
    let listing = try resolver.resolve().listing
    #expect(listing.count == ConfigurationKey.all.count)
    let seed = listing.first { $0.path == "train.seed" }
    #expect(seed?.value == "9" && seed?.origin == "--seed")
  }
}
