/// A time, from a clock that is never set back; only differences mean anything.
public typealias Milliseconds = UInt64

/// Who a worker process is: random, new at each start of the process.
public typealias WorkerIdentity = UInt128

/// The unit of work: slice i of the batch of step t.
public struct Work: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The step t, from 0.
  public var step: UInt64
  /// The slice i, from 0.
  public var slice: Int

  /// Names both.
  public init(step: UInt64, slice: Int) {
    self.step = step
    self.slice = slice
  }

  /// Earlier steps first, then lower slices.
  public static func < (left: Work, right: Work) -> Bool {
    (left.step, left.slice) < (right.step, right.slice)
  }

  /// For people, as in "slice 2 of step 17".
  public var description: String { "slice \(slice) of step \(step)" }
}

/// The right and duty of one worker to compute one slice.
public struct Lease: Equatable, Sendable {
  /// What is to be computed.
  public var work: Work
  /// How often the slice had been leased before.
  public var attempt: Int
  /// How long the lease lasts without progress.
  public var milliseconds: Milliseconds
  /// The version of the controller that weighs the losses.
  public var controllerVersion: UInt64

  /// Names everything.
  public init(
    work: Work, attempt: Int, milliseconds: Milliseconds, controllerVersion: UInt64
  ) {
    self.work = work
    self.attempt = attempt
    self.milliseconds = milliseconds
    self.controllerVersion = controllerVersion
  }
}

/// How far a worker is with a slice: a number that grows while it gets on.
public struct Progress: Equatable, Sendable {
  /// The slice.
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
