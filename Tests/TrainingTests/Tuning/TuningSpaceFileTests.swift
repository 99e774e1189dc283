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
    ("search.every: {uniform: [1, 2.5]}", ":1:25", "an integer, 1 to 1000000, found \"2.5\""),
    ("search.every: {integer: [1, 2000000]}", ":1:25", "found \"2000000\""),
    ("train.maxSteps: {integer: [1, 2]}", ":1:17", "a search cannot vary it"),
    ("train.seed: {integer: [1, 2]}", ":1:13", "a search cannot vary it"),
    ("out: {choice: [a, b]}", ":1:6", "a search cannot vary it"),
    ("model.name: {choice: [deepfm, deepfn]}", ":1:22", "found \"deepfn\""),
    ("model.name: {choice: [deepfm]}", ":1:22", "different values"),
    ("model.name: {choice: [fm, fm]}", ":1:22", "different values"),
    ("model.hidden: {simplex: [ce, mae]}", ":1:25", "for the key loss"),
    ("loss: {simplex: [ce, nope]}", ":1:17", "nope"),
    ("loss: {simplex: [ce, ce]}", ":1:17", "listed twice"),
    (
      "loss: {simplex: [ce, mae]}\nsearch.candidates: {choice: [[ce], [mae]]}", "space.yaml",
      "leave search.candidates out"
    ),
    ("train: {seed: 1", "space.yaml", "flow mapping"),
  ])
  func mistakesAreToldWithTheirPlace(yaml: String, place: String, words: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try TuningSpaceFile.space(yaml: yaml, named: "space.yaml")
    }
    #expect(
      error?.place?.hasSuffix(place) ?? false || place == "space.yaml", "\(error?.place ?? "")")
    #expect(error.map { "\($0)".contains(words) } ?? false, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.exitCode == .configuration)
  }

  @Test func aMissingFileIsTold() {
    let error = #expect(throws: ConfigurationError.self) {
      try TuningSpaceFile.read("/absent/space.yaml")
    }
    #expect(error?.exitCode == .missingInput)
  }
}
