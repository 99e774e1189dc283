/// LEASE: the terms under which a worker computes the slices named in the envelope.
public struct LeaseTerms: Equatable, Sendable {
  /// How long the lease lasts without progress, in milliseconds.
  public var milliseconds: UInt32

  /// Names it.
  public init(milliseconds: UInt32) { self.milliseconds = milliseconds }
}

/// HEARTBEAT and LEASE-REQUEST: what a worker is doing.
public struct Report: Equatable, Sendable {
  /// How far one unit is.
  public struct Item: Equatable, Sendable {
    /// The step t.
    public var step: UInt64
    /// The first slice.
    public var slice: UInt16
    /// How many slices.
    public var sliceCount: UInt16
    /// The attempt of its lease.
    public var attempt: UInt32
    /// A number that grows while the worker gets on with it.
    public var progress: UInt64

    /// Names everything.
    public init(
      step: UInt64, slice: UInt16, sliceCount: UInt16, attempt: UInt32, progress: UInt64
    ) {
      self.step = step
      self.slice = slice
      self.sliceCount = sliceCount
      self.attempt = attempt
      self.progress = progress
    }
  }

  /// How many slices the worker computes at once.
  public var capacity: UInt32
  /// The units it holds.
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
  func write(to writer: inout PayloadWriter) { writer.write(milliseconds) }

  init(from reader: inout PayloadReader) throws(WireError) {
    milliseconds = try reader.read(UInt32.self, "the lease's time")
  }
}

extension Report: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(capacity)
    writer.write(UInt32(items.count))
    for item in items {
      writer.write(item.step)
      writer.write(item.slice)
      writer.write(item.sliceCount)
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
          slice: try reader.read(UInt16.self, "a slice"),
          sliceCount: try reader.read(UInt16.self, "a number of slices"),
          attempt: try reader.read(UInt32.self, "an attempt"),
          progress: try reader.read(UInt64.self, "a progress")))
    }
    waitsFor = try reader.readText("the reason of waiting")
  }
}
