extension ResolvedConfiguration {
  /// Checks what concerns several keys at once; throws at the place of the key to change.
  func checkAgreement() throws(ConfigurationError) {
    let train = configuration.train
    if train.batchSize < 2 * train.slices {
      throw error(
        "train.slices",
        "a batch of \(train.batchSize) cannot be cut into \(train.slices) slices of two rows",
        remedy: "set train.slices to at most \(max(1, train.batchSize / 2)), or a larger batchSize:"
          + " batch norm needs two rows")
    }
    try checkLoss()
    let temperature = configuration.search.temperature
    if temperature.floor > temperature.start {
      throw error(
        "search.temperature.floor",
        "\(temperature.floor) is above search.temperature.start, \(temperature.start)",
        remedy: "the temperature falls from start to floor: set floor to at most start")
    }
  }

  private func checkLoss() throws(ConfigurationError) {
    let loss = configuration.loss
    let strategies = ["al1", "al2", "autoloss"]
    let isFixed = loss.hasPrefix("fixed:") && loss != "fixed:"
    if !isFixed, !strategies.contains(loss) {
      let near = Nearest.match(loss, among: strategies)
      let candidates = configuration.search.candidates
      let meant = near ?? (candidates.contains(loss) ? "fixed:\(loss)" : nil)
      let suggestion = meant.map { ", did you mean \($0)?" } ?? ""
      throw error(
        "loss", "unknown strategy \"\(loss)\"\(suggestion)",
        remedy: "choose fixed:LOSS (such as fixed:ce), al1, al2 or autoloss")
    }
    if !isFixed, configuration.search.candidates.count < 2 {
      throw error(
        "search.candidates", "\(loss) needs at least two losses to choose among",
        remedy: "list more candidates, or train one loss with loss: fixed:LOSS")
    }
  }
}
