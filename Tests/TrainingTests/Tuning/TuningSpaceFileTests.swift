import Testing

@testable import Training

@Suite struct TuningSpaceFileTests {
  @Test func keysMayStandInSections() throws {
    let space = try TuningSpaceFile.space(
      yaml: """
        train.learningRate: {log-uniform: [1e-4, 1e-2]}
        model:
          dropout: {uniform: [0, 0.5]}
          embeddingWidth: {log-integer: [4, 64]}
          hidden: {choice: [[64], [128, 128]]}
        search.every: {integer: [1, 20]}
        loss: {simplex: [focal, ce]}
        """, named: "space.yaml")
    #expect(
      space.dimensions == [
        .init("train.learningRate", .logUniform(1e-4, 1e-2)),
        .init("model.dropout", .uniform(0, 0.5)),
        .init("model.embeddingWidth", .logInteger(4...64)),
        .init("model.hidden", .choice(["[64]", "[128,128]"])),
        .init("search.every", .integer(1...20)), .init("loss", .simplex(["focal", "ce"])),
      ])
  }

  @Test(arguments: [
    ("", "space.yaml:1:1", "expected keys with ranges"),
    ("train.learningrate: {uniform: [0, 1]}", ":1:1", "did you mean train.learningRate?"),
    ("model: {dropuot: {uniform: [0, 1]}}", ":1:9", "unknown key"),
    ("train.learningRate: 0.1", ":1:21", "expected a range, found 0.1"),
    ("train.learningRate: {normal: [0, 1]}", ":1:21", "expected a range"),
    ("train.learningRate: {uniform: 1}", ":1:31", "expected a list"),
    ("train.learningRate: {uniform: [1]}", ":1:31", "two numbers, ascending"),
    ("train.learningRate: {uniform: [0.2, 0.1]}", ":1:31", "two numbers, ascending"),
    ("train.learningRate: {log-uniform: [0, 0.1]}", ":1:35", "two numbers above 0"),
    ("train.learningRate: {uniform: [0, 0.1]}", ":1:31", "a number, above 0, found \"0\""),
    ("model.dropout: {uniform: [0, 1]}", ":1:26", "below 1, found \"1\""),
    (
      "search.every: {uniform: [1, 20]}", ":1:25", "an integer, 1 to 1000000, found a range of n"
    ),
    ("search.every: {log-uniform: [1, 20]}", ":1:29", "write integer or log-integer"),
    ("model.embeddingWidth: {log-uniform: [4, 64]}", ":1:37", "found a range of numbers"),
    ("model.name: {integer: [1, 3]}", ":1:23", "found a range of whole numbers"),
    ("loss: {integer: [1, 3]}", ":1:17", "expected text, found a range of whole numbers"),
    ("loss: {choice: [fixed:ce, fixed:cee]}", ":1:16", "cee"),
    ("loss: {choice: [al1, al3]}", ":1:16", "no strategy \"al3\""),
    ("loss: {choice: [al1, bohb]}", ":1:16", "no single run can have it"),
    ("loss: {choice: [al1, \"weights:1,x\"]}", ":1:16", "not \"1,x\""),
    ("search.candidates: {choice: [[ce, kl], [ce, klx]]}", ":1:29", "klx"),
    ("train.learningRateDrops: {choice: [[\"5:0.1\"], [x]]}", ":1:35", "\"x\" does not say"),
    ("train.denseWarmUp: {choice: [1ep, soon]}", ":1:29", "\"soon\" is no number of steps"),
    ("search.every: {integer: [1, 2000000]}", ":1:25", "found \"2000000\""),
    ("train.maxSteps: {integer: [1, 2]}", ":1:17", "a search cannot vary it"),
    ("train.seed: {integer: [1, 2]}", ":1:13", "a search cannot vary it"),
    ("train.batchSize: {choice: [500, 2000]}", ":1:18", "budgets are steps"),
    ("out: {choice: [a, b]}", ":1:6", "a search cannot vary it"),
    ("model.name: {choice: [deepfm, deepfn]}", ":1:22", "found \"deepfn\""),
    ("model.name: {choice: [deepfm]}", ":1:22", "different values"),
    ("model.name: {choice: [fm, fm]}", ":1:22", "different values"),
    ("model.hidden: {simplex: [ce, mae]}", ":1:25", "for the key loss"),
    ("loss: {simplex: [ce, nope]}", ":1:17", "nope"),
    ("loss: {simplex: [ce, ce]}", ":1:17", "listed twice"),
    (
      "loss: {simplex: [ce, mae]}\nsearch.candidates: {choice: [[ce], [mae]]}", ":2:20",
      "leave search.candidates out"
    ),
    ("train: {seed: 1", "", "flow mapping"),
  ])
  func mistakesAreToldWithTheirPlace(yaml: String, place: String, words: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try TuningSpaceFile.space(yaml: yaml, named: "space.yaml")
    }
    let found = error?.place ?? ""
    #expect(found.hasPrefix("space.yaml:") && found.hasSuffix(place), "\(found)")
    #expect(error.map { "\($0)".contains(words) } ?? false, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.exitCode == .configuration)
  }

  /// What depends on other keys is seen with them.
  @Test(arguments: [
    "loss: {choice: [fixed:ce, \"weights:0.5,0.5\", al1, \"fixed:focal:gamma=2,alpha=0.25\"]}",
    "search.candidates: {choice: [[ce, \"focal:gamma=2,alpha=0.25\"], [ce]]}",
    "train.learningRateDrops: {choice: [[\"6000:0.1\"], [\"1ep:0.5\", \"2ep:0.5\"]]}",
    "train.denseWarmUp: {choice: [\"0\", 100, 1ep]}",
    "model.hidden: {log-integer: [8, 64]}", "train.weightDecay: {integer: [0, 1]}",
  ])
  func whatMayFitIsTaken(yaml: String) throws {
    #expect(try TuningSpaceFile.space(yaml: yaml, named: "space.yaml").dimensions.count == 1)
  }

  @Test func aMissingFileIsTold() {
    let error = #expect(throws: ConfigurationError.self) {
      try TuningSpaceFile.read("/absent/space.yaml")
    }
    #expect(error?.exitCode == .missingInput)
  }
}
