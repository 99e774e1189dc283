/// LEASE: the terms under which a worker computes the slice named in the envelope.
public struct LeaseTerms: Equatable, Sendable {
  /// How long the lease lasts without progress, in milliseconds.
  public var milliseconds: UInt32
  /// The version of the controller that weighs the losses of the slice.
  public var controllerVersion: UInt64

  /// Names both.
  public init(milliseconds: UInt32, controllerVersion: UInt64) {
    self.milliseconds = milliseconds
    self.controllerVersion = controllerVersion
  }
}

/// HEARTBEAT and LEASE-REQUEST: what a worker is doing.
public struct Report: Equatable, Sendable {
  /// How far one slice is.
  public struct Item: Equatable, Sendable {
    /// The step t.
    public var step: UInt64
    /// The slice i.
    public var slice: UInt32
    /// The attempt of its lease.
    public var attempt: UInt32
    /// A number that grows while the worker gets on with the slice.
    public var progress: UInt64

    /// Names everything.
    public init(step: UInt64, slice: UInt32, attempt: UInt32, progress: UInt64) {
      self.step = step
      self.slice = slice
      self.attempt = attempt
      self.progress = progress
    }
  }

  /// How many slices the worker holds at most.
  public var capacity: UInt32
  /// The slices it holds.
  public var items: [Item]
  /// What it waits for, or empty.
  public var waitsFor: String

  /// Names everything.
  public init(capacity: UInt32, items: [Item], waitsFor: String = "") {
    self.capacity = capacity
    self.items = items
    self.waitsFor = waitsFor
  }
}

extension LeaseTerms: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(milliseconds)
    writer.write(controllerVersion)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    milliseconds = try reader.read(UInt32.self, "the lease's time")
    controllerVersion = try reader.read(UInt64.self, "the controller's version")
  }
}

extension Report: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(capacity)
    writer.write(UInt32(items.count))
    for item in items {
      writer.write(item.step)
      writer.write(item.slice)
      writer.write(item.attempt)
      writer.write(item.progress)
    }
    writer.write(waitsFor.shortened)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    capacity = try reader.read(UInt32.self, "the capacity")
    let count = try reader.readCount(
      "the number of slices", limit: WireLimits.reportedSlices)
    items = []
    for _ in 0..<count {
      items.append(
        Item(
          step: try reader.read(UInt64.self, "a step"),
          slice: try reader.read(UInt32.self, "a slice"),
          attempt: try reader.read(UInt32.self, "an attempt"),
          progress: try reader.read(UInt64.self, "a progress")))
    }
    waitsFor = try reader.readText("the reason of waiting")
  }
}
