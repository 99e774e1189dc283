import Testing

@testable import Training

@Suite struct ConfigurationResolverTests {
  @Test func laterSourcesWinAndOriginsAreKept() throws {
    var resolver = ConfigurationResolver(workingFolder: "/w")
    try resolver.read(
      yaml: "train: {seed: 2, epochs: 2, threads: 2, slices: 2}", named: "f.yaml", folder: "/f")
    try resolver.apply(environment: [
      "AUTOLOSS__TRAIN__EPOCHS": "3", "AUTOLOSS__TRAIN__THREADS": "3",
      "AUTOLOSS__TRAIN__SLICES": "3", "AUTOLOSS_CPU": "native", "HOME": "/root",
    ])
    try resolver.apply(assignment: "train.threads=4")
    try resolver.apply(assignment: "train.slices=4")
    try resolver.apply(flag: "--slices", to: "train.slices", "5")
    try resolver.apply(flag: "--epochs", to: "train.epochs", nil)
    let resolved = try resolver.resolve()
    let train = resolved.configuration.train
    #expect([train.seed, train.epochs, train.threads, train.slices] == [2, 3, 4, 5])
    #expect(resolved.origin(of: "train.seed") == .file("f.yaml", line: 1, column: 15))
    #expect(resolved.origin(of: "train.epochs") == .environment("AUTOLOSS__TRAIN__EPOCHS"))
    #expect(resolved.origin(of: "train.threads") == .assignment("train.threads=4"))
    #expect(resolved.origin(of: "train.slices") == .flag("--slices"))
    #expect(resolved.origin(of: "train.batchSize") == .standard)
  }

  @Test(arguments: [
    (
      "train.lr=1", "train.lr: unknown key, did you mean train.learningRate?",
      ExitCode.configuration
    ),
    ("batchSize=1", "batchSize: unknown key, did you mean train.batchSize?", .configuration),
    ("train.seed", "--set needs KEY=VALUE, found \"train.seed\"", .usage),
    ("=3", "--set needs KEY=VALUE, found \"=3\"", .usage),
    ("train.seed=", "train.seed: expected an integer, at least 0, found \"\"", .configuration),
    ("search.hard=yes", "search.hard: expected true or false, found \"yes\"", .configuration),
    (
      "train.learningRate=nan", "train.learningRate: expected a number, above 0, found \"nan\"",
      .configuration
    ),
    (
      "train.learningRate=-1", "train.learningRate: expected a number, above 0, found \"-1\"",
      .configuration
    ),
  ])
  func refusesAssignments(text: String, what: String, code: ExitCode) {
    let error = #expect(throws: ConfigurationError.self) {
      var resolver = ConfigurationResolver(workingFolder: "/")
      try resolver.apply(assignment: text)
    }
    #expect(error?.what == what)
    #expect(error?.exitCode == code)
  }

  @Test func namesOfOtherProgramsAreKnown() throws {
    var resolver = ConfigurationResolver(workingFolder: "/")
    try resolver.apply(flag: "--model", to: "model.name", "dfm")
    #expect(try resolver.resolve().configuration.model.name == .deepfm)
    try resolver.read(yaml: "model: {name: dfm}", named: "f.yaml", folder: "/")
    #expect(try resolver.resolve().configuration.yaml.contains("name: deepfm"))
    let error = #expect(throws: ConfigurationError.self) {
      try resolver.apply(assignment: "model.name=dfx")
    }
    #expect(error?.remedy == "model.name means: the recommender network")
  }

  @Test func refusesUnknownVariables() {
    let error = #expect(throws: ConfigurationError.self) {
      var resolver = ConfigurationResolver(workingFolder: "/")
      try resolver.apply(environment: ["AUTOLOSS__TRAIN__BATCHSIZE": "3"])
    }
    let meant = "AUTOLOSS__TRAIN__BATCH_SIZE"
    #expect(error?.what.contains("did you mean \(meant)?") == true)
  }

  @Test(arguments: [
    ("a", "/w/a"), ("/a/b", "/a/b"), ("./a/../b", "/w/b"), ("../a", "/a"), ("../../../a", "/a"),
    (".", "/w"), ("/", "/"),
  ])
  func makesPathsAbsolute(path: String, expected: String) {
    #expect(ConfigurationResolver.absolute(path, in: "/w") == expected)
  }

  @Test func relativePathsOfFlagsBelongToTheWorkingFolder() throws {
    var resolver = ConfigurationResolver(workingFolder: "/w")
    try resolver.apply(flag: "--data", to: "data.path", "d")
    let configuration = try resolver.resolve().configuration
    #expect(configuration.data.path == "/w/d")
    #expect(configuration.out == "/w/run")
  }
}
