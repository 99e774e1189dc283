import Models
import Testing

@testable import Training

@Suite struct ConfigurationWriterTests {
  /// A configuration in which every value differs from its default, as far as they go together.
  static var unusual: RunConfiguration {
    var changed = RunConfiguration()
    for key in ConfigurationKey.all { key.write(&changed, other(key)) }
    changed.loss = "fixed:focal:gamma=2"
    changed.model.name = .hofm
    for (name, models) in ModelKind.particularOptions where !models.contains(.hofm) {
      guard let key = ConfigurationKey.named("model.\(name)") else { continue }
      key.write(&changed, key.value(in: RunConfiguration()))
    }
    // A coordinator does not compute where servers own the parameters.
    changed.cluster.computeThreads = 0
    // An update that looks ahead is not delayed.
    changed.search.controllerDelay = 0
    changed.search.candidates = ["focal:gamma=2,alpha=0.25", "ce"]
    changed.search.temperature.start = 3.25
    changed.train.batchSize = 4096
    changed.train.learningRateDrops = ["6000:0.1", "1ep:0.5"]
    changed.train.plateauFactor = 0
    changed.train.denseWarmUp = "1ep"
    return changed
  }

  /// A value that `key` admits and that is not its default.
  static func other(_ key: ConfigurationKey) -> ConfigurationValue {
    switch (key.type, key.value(in: RunConfiguration())) {
    case (.integer, .integer(let value)): .integer(value + 1)
    case (.number, .number(let value)): .number(value / 3 + 1e-7)
    case (.flag, .flag(let value)): .flag(!value)
    case (.choice(let names), .text(let name)): .text(names.first { $0 != name } ?? name)
    case (.path, _): .text("/a \"quoted\" folder/# not a comment")
    case (.integers, _): .integers([1, 2, 3])
    case (.texts, _): .texts(["focal:gamma=2,alpha=0.25", "true", "ce"])
    default: .text("tcp://[::1]:5570")
    }
  }

  @Test func writtenIsReadTheSame() throws {
    for configuration in [RunConfiguration(), Self.unusual] {
      var expected = configuration
      if !expected.out.hasPrefix("/") { expected.out = "/run" }
      #expect(try RunConfiguration(yaml: configuration.yaml, named: "again") == expected)
    }
  }

  /// The file of a run from before updates could look ahead.
  @Test func whatAnOldFileLeavesOutIsAsItWas() throws {
    var configuration = RunConfiguration()
    configuration.search = RunConfiguration.paperSearch
    configuration.search.controllerDelay = 3
    configuration.out = "/run"
    let later = ["virtualStep", "virtualRule", "upper", "aucWeight", "entropyBonus"]
    let lines = configuration.yaml.split(separator: "\n").filter { line in
      !later.contains { line.hasPrefix("  \($0):") }
    }
    #expect(lines.count == configuration.yaml.split(separator: "\n").count - later.count)
    let old = lines.joined(separator: "\n") + "\n"
    #expect(try RunConfiguration(yaml: old, named: "old") == configuration)
  }

  @Test func writesNestedSectionsOnce() {
    let lines = RunConfiguration().yaml.split(separator: "\n")
    #expect(lines.first == "schemaVersion: 1")
    for section in ["data:", "search:", "  temperature:", "  controller:", "train:"] {
      #expect(lines.filter { $0 == section }.count == 1, "\(section)")
    }
  }

  /// What the first checkpoints named; a key that is added since must not be in the text at the
  /// value that runs had without it.
  @Test func checkpointsFromTheBeginningMeanTheSame() {
    var first = RunConfiguration()
    first.search = RunConfiguration.paperSearch
    let paths = first.canonicalText.split(separator: "\n").dropFirst().map {
      String($0.prefix { $0 != ":" })
    }
    let search = [
      "candidates", "every", "temperature.start", "temperature.slope", "temperature.floor", "hard",
      "attached", "validationNoise", "controller.hidden", "controller.batchNorm",
      "controller.dropout", "controller.learningRate", "controller.weightDecay",
    ]
    let train = [
      "batchSize", "slices", "learningRate", "learningRateDrops", "optimizer", "weightDecay",
      "decay", "seed", "patience", "evaluateEvery",
    ]
    #expect(
      paths == ["loss"]
        + ["name", "embeddingWidth", "hidden", "dropout", "linearInit"]
        .map { "model.\($0)" } + search.map { "search.\($0)" } + train.map { "train.\($0)" }
        + ["cluster.pullValues", "cluster.pushValues"])
  }

  @Test func canonicalTextHoldsWhatARunCannotChange() {
    var standard = RunConfiguration()
    for key in ConfigurationKey.all {
      var changed = standard
      key.write(&changed, Self.other(key))
      let differs = changed.canonicalText != standard.canonicalText
      #expect(differs == (key.reach == .model || key.reach == .selection), "\(key.path)")
    }
    #expect(standard.canonicalText.hasPrefix("autoloss configuration 1\nloss: autoloss\n"))
    // Checkpoints from before the keys were there go on.
    standard.search = RunConfiguration.paperSearch
    let later =
      [
        "model.embeddingDeviation", "search.controllerDelay", "search.virtualStep",
        "search.virtualRule", "search.upper", "search.aucWeight", "search.entropyBonus",
        "train.plateauFactor", "train.denseLearningRate", "train.denseWeightDecay",
        "train.denseWarmUp", "train.cowClip", "train.cowClipFloor",
      ] + ModelKind.particularOptions.map { "model.\($0.name)" }
    for key in later { #expect(!standard.canonicalText.contains("\n\(key):"), "\(key)") }
  }
}
