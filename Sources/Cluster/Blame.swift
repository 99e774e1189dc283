/// Who failed first since the last step was committed, and on what.
public struct Blame: Equatable, Sendable {
  /// The worker.
  public var worker: WorkerIdentity
  /// The step at the time.
  public var step: UInt64
  /// The slice that it failed on or held; nil when it held none.
  public var slice: Int?
  /// What it said, or what became of it.
  public var sentence: String
  /// When.
  public var time: Milliseconds

  /// Names everything.
  public init(
    worker: WorkerIdentity, step: UInt64, slice: Int?, sentence: String, time: Milliseconds
  ) {
    (self.worker, self.step, self.slice) = (worker, step, slice)
    (self.sentence, self.time) = (sentence, time)
  }
}
