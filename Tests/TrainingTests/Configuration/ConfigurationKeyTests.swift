import Testing

@testable import Training

@Suite struct ConfigurationKeyTests {
  @Test func everyKeyReadsWhatItWrites() {
    for key in ConfigurationKey.all {
      var configuration = RunConfiguration()
      let other = ConfigurationWriterTests.other(key)
      #expect(key.type.admits(other), "\(key.path)")
      key.write(&configuration, other)
      #expect(key.value(in: configuration) == other, "\(key.path)")
      for bystander in ConfigurationKey.all where bystander.path != key.path {
        let before = bystander.value(in: RunConfiguration())
        #expect(
          bystander.value(in: configuration) == before, "\(key.path) changed \(bystander.path)")
      }
    }
  }

  @Test func defaultsAreAdmitted() {
    let defaults = RunConfiguration()
    for key in ConfigurationKey.all {
      #expect(key.type.admits(key.value(in: defaults)), "\(key.path)")
    }
  }

  @Test(arguments: [
    ("loss", "AUTOLOSS__LOSS"),
    ("train.batchSize", "AUTOLOSS__TRAIN__BATCH_SIZE"),
    ("search.controller.learningRate", "AUTOLOSS__SEARCH__CONTROLLER__LEARNING_RATE"),
  ])
  func namesItsVariable(path: String, variable: String) {
    #expect(ConfigurationKey.named(path)?.environmentName == variable)
  }

  @Test func unknownPathsHaveNoKey() {
    #expect(ConfigurationKey.named("train") == nil)
    #expect(ConfigurationKey.named("") == nil)
  }
}
