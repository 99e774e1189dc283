/// Where a run stands, in one line.
public struct StatusLine: Sendable, Equatable {
  /// Steps done.
  public var step: Int
  /// Steps of the whole run; 0 when not known.
  public var totalSteps: Int
  /// The current epoch, from 0.
  public var epoch: Int
  /// Training examples per second.
  public var examplesPerSecond: Double
  /// Mean training loss of the last steps.
  public var loss: Double
  /// AUC of the last evaluation, once there was one.
  public var auc: Double?
  /// Workers connected; 0 when this process computes by itself.
  public var workers: Int
  /// Seconds to the end, once known.
  public var remainingSeconds: Double?

  /// A line of these figures.
  public init(
    step: Int, totalSteps: Int, epoch: Int, examplesPerSecond: Double, loss: Double,
    auc: Double? = nil, workers: Int = 0, remainingSeconds: Double? = nil
  ) {
    self.step = step
    self.totalSteps = totalSteps
    self.epoch = epoch
    self.examplesPerSecond = examplesPerSecond
    self.loss = loss
    self.auc = auc
    self.workers = workers
    self.remainingSeconds = remainingSeconds
  }
}

extension StatusLine: CustomStringConvertible {
  /// Such as `step 120/400  epoch 1  226 k/s  loss 0.4512  AUC 0.7812  ETA 9.8 s`.
  public var description: String {
    let total = totalSteps > 0 ? "/\(Figures.count(totalSteps))" : ""
    var parts = ["step \(Figures.count(step))\(total)", "epoch \(epoch + 1)"]
    parts.append(Figures.rate(examplesPerSecond))
    parts.append("loss \(Figures.fixed(loss, 4))")
    if let auc { parts.append("AUC \(Figures.fixed(auc, 4))") }
    if workers > 0 { parts.append("workers \(workers)") }
    if let remainingSeconds { parts.append("ETA \(Figures.duration(remainingSeconds))") }
    return parts.joined(separator: "  ")
  }
}
