/// A time, from a clock that is never set back; only differences mean anything.
public typealias Milliseconds = UInt64

/// Who a worker process is: random, new at each start of the process.
public typealias WorkerIdentity = UInt128

/// The unit of work: some slices of the batch of step t, a node of the tree over its slices.
public struct Work: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The step t, from 0.
  public var step: UInt64
  /// The slices, from 0; at least one.
  public var slices: Range<Int>

  /// Names both.
  public init(step: UInt64, slices: Range<Int>) {
    self.step = step
    self.slices = slices
  }

  /// One slice.
  public init(step: UInt64, slice: Int) { self.init(step: step, slices: slice..<slice + 1) }

  /// Earlier steps first, then lower slices, then fewer.
  public static func < (left: Work, right: Work) -> Bool {
    (left.step, left.slices.lowerBound, left.slices.upperBound)
      < (right.step, right.slices.lowerBound, right.slices.upperBound)
  }

  /// For people, as in "slice 2 of step 17" and "slices 0 to 3 of step 17".
  public var description: String { "\(Self.text(slices)) of step \(step)" }

  /// For people, as in "slice 2" and "slices 0 to 3".
  static func text(_ slices: Range<Int>) -> String {
    slices.count == 1
      ? "slice \(slices.lowerBound)"
      : "slices \(slices.lowerBound) to \(slices.upperBound - 1)"
  }
}

/// The right and duty of one worker to compute one unit.
public struct Lease: Equatable, Sendable {
  /// What is to be computed.
  public var work: Work
  /// How often the unit had been leased before.
  public var attempt: Int
  /// How long the lease lasts without progress.
  public var milliseconds: Milliseconds

  /// Names everything.
  public init(work: Work, attempt: Int, milliseconds: Milliseconds) {
    self.work = work
    self.attempt = attempt
    self.milliseconds = milliseconds
  }
}

/// A pull that waits for the version of its step.
struct WaitingPull: Equatable, Sendable {
  var worker: WorkerIdentity
  var work: Work
  var attempt: Int
}

/// How far a worker is with a unit: a number that grows while it gets on.
public struct Progress: Equatable, Sendable {
  /// The unit.
  public var work: Work
  /// The attempt of its lease.
  public var attempt: Int
  /// Grows while the worker gets on.
  public var amount: UInt64

  /// Names everything.
  public init(work: Work, attempt: Int, amount: UInt64) {
    self.work = work
    self.attempt = attempt
    self.amount = amount
  }
}

/// The first eight hexadecimal digits of an identity, for people.
func shortName(_ worker: WorkerIdentity) -> String {
  let digits = String(UInt32(truncatingIfNeeded: worker >> 96), radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
