import Optimization

extension Failure {
  /// A gradient that is not finite, with the slice it came from and what to do.
  init(_ error: GradientError) {
    let spot =
      switch error.place {
      case .row(let id, let lane): "the gradient of row \(id), lane \(lane),"
      case .dense(let index, let part): "the gradient of \(part) (element \(index))"
      case .statistic(let index): "batch statistic \(index)"
      }
    self.init(
      "\(spot) is not finite; nothing of this step was applied",
      at: "step \(error.step), slice \(error.slice)",
      remedy: "lower train.learningRate, or resume from the last checkpoint",
      exitCode: .internalFault)
  }
}
