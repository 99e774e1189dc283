import Testing

@testable import Training

@Suite struct NearestTests {
  @Test(arguments: [
    ("train.lr", String?("train.learningRate")),
    ("train.batch_size", "train.batchSize"),
    ("train.batchsizes", "train.batchSize"),
    ("train.wd", "train.weightDecay"),
    ("seed", "train.seed"),
    ("model.embedingWidth", "model.embeddingWidth"),
    ("optimizer", "train.optimizer"),
    ("los", "loss"),
    ("trian.seed", "train.seed"),
    ("train.qqqqqqqq", nil),
  ])
  func guesses(path: String, meant: String?) {
    #expect(ConfigurationKey.nearest(to: path) == meant)
  }
}
