import Testing

@testable import Training

/// Reads YAML text as if it stood in `/runs/a/run.yaml`.
func read(_ yaml: String) throws -> RunConfiguration {
  var resolver = ConfigurationResolver(workingFolder: "/home/me")
  try resolver.read(yaml: yaml, named: "run.yaml", folder: "/runs/a")
  return try resolver.resolve().configuration
}

@Suite struct ConfigurationFileTests {
  @Test func fillsEveryTypeOfValue() throws {
    let configuration = try read(
      """
      schemaVersion: 1
      loss: fixed:focal:gamma=2
      data: {path: sets/criteo}
      model:
        hidden: [64, 32]
        linearInit: normal
      search:
        candidates: ["focal:gamma=2,alpha=0.25", ce]
        hard: true
      train:
        batchSize: 500
        learningRate: 1e-3
      """)
    #expect(configuration.loss == "fixed:focal:gamma=2")
    #expect(configuration.data.path == "/runs/a/sets/criteo")
    #expect(configuration.model.hidden == [64, 32])
    #expect(configuration.model.linearInit == .normal)
    #expect(configuration.search.candidates == ["focal:gamma=2,alpha=0.25", "ce"])
    #expect(configuration.search.hard)
    #expect(configuration.train.batchSize == 500)
    #expect(configuration.train.learningRate == 0.001)
  }

  @Test(arguments: ["", "# nothing\n", "train:\n", "{}"])
  func emptyFilesMeanDefaults(yaml: String) throws {
    var expected = RunConfiguration()
    expected.out = "/home/me/run"
    #expect(try read(yaml) == expected)
  }

  @Test(arguments: [
    (
      "train:\n  lr: 0.1", "train.lr: unknown key, did you mean train.learningRate?", "run.yaml:2:3"
    ),
    (
      "train:\n  seed: abc", "train.seed: expected an integer, at least 0, found abc",
      "run.yaml:2:9"
    ),
    (
      "train:\n  seed: \"1\"",
      "train.seed: expected an integer, at least 0, found the text \"1\"", "run.yaml:2:9"
    ),
    (
      "train:\n  slices: 65", "train.slices: expected an integer, 1 to 64, found 65",
      "run.yaml:2:11"
    ),
    (
      "model:\n  dropout: 1", "model.dropout: expected a number, at least 0 and below 1, found 1.0",
      "run.yaml:2:12"
    ),
    (
      "model:\n  hidden: 5", "model.hidden: expected a list of integers, each 1 to 65536, found 5",
      "run.yaml:2:11"
    ),
    (
      "train:\n  optimizer: adm",
      "train.optimizer: expected one of adam, lazyAdam, sgd, found adm, did you mean adam?",
      "run.yaml:2:14"
    ),
    ("train: 3", "train: expected a section, found 3", "run.yaml:1:8"),
    ("- a\n- b", "expected keys and values, found a list", "run.yaml:1:1"),
    ("train:\n  seed: 1\n  seed: 2", "the key seed is given twice", "run.yaml:2:3"),
    ("schemaVersion: 2", "schemaVersion: this build reads version 1, found 2", "run.yaml:1:16"),
    ("data:\n  path:\n", "data.path: expected a path, found nothing", "run.yaml:2:8"),
  ])
  func namesTheProblemAndItsPlace(yaml: String, what: String, place: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.what == what)
    #expect(error?.place == place)
    #expect(error?.exitCode == .configuration)
  }

  @Test func placesSyntaxErrors() {
    let error = #expect(throws: ConfigurationError.self) { try read("train: {seed: 1\nloss: ce") }
    #expect(error?.place?.hasPrefix("run.yaml:2:") == true)
  }

  @Test func missingFilesAreMissingInput() {
    let error = #expect(throws: ConfigurationError.self) {
      var resolver = ConfigurationResolver(workingFolder: "/")
      try resolver.read(file: "no/such/run.yaml")
    }
    #expect(error?.exitCode == .missingInput)
    #expect(error?.place == "no/such/run.yaml")
  }
}
