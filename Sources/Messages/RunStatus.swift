/// STATUS: how a run stands, as its coordinator sees it.
public struct RunStatus: Codable, Equatable, Sendable {
  /// The state that the run can go on from.
  public struct Checkpoint: Codable, Equatable, Sendable {
    /// Steps done when it was taken.
    public var step: UInt64
    /// Seconds since.
    public var ageSeconds: Double
    /// Its folder, on the coordinator's machine.
    public var path: String

    /// Names all three.
    public init(step: UInt64, ageSeconds: Double, path: String) {
      (self.step, self.ageSeconds, self.path) = (step, ageSeconds, path)
    }
  }

  /// The run, in hexadecimal digits.
  public var job: String
  /// How often its coordinator, or its fleet of servers, has started.
  public var generation: UInt32
  /// Steps done.
  public var step: UInt64
  /// Steps of the whole run.
  public var totalSteps: UInt64
  /// The present epoch, from 0.
  public var epoch: UInt64
  /// Training examples per second, over about the last ten seconds.
  public var examplesPerSecond: Double
  /// What the run waits for, or does instead of training.
  public var waitsFor: String
  /// The newest checkpoint; nil before the first.
  public var checkpoint: Checkpoint?
  /// Steps that workers were ahead of the parameters, on average; nil where they never are.
  public var staleness: Double?
  /// In the order in which they joined.
  public var workers: [Worker]
  /// By seat, then spares; empty when the coordinator owns the parameters.
  public var servers: [Server]

  /// Names everything but those that take part.
  public init(
    job: UInt64, generation: UInt32, step: UInt64, totalSteps: UInt64, epoch: UInt64,
    examplesPerSecond: Double, waitsFor: String, checkpoint: Checkpoint? = nil,
    staleness: Double? = nil
  ) {
    let digits = String(job, radix: 16)
    self.job = String(repeating: "0", count: 16 - digits.count) + digits
    (self.generation, self.step, self.totalSteps) = (generation, step, totalSteps)
    (self.epoch, self.examplesPerSecond, self.waitsFor) = (epoch, examplesPerSecond, waitsFor)
    (self.checkpoint, self.staleness) = (checkpoint, staleness)
    (workers, servers) = ([], [])
  }
}

extension RunStatus {
  /// One worker.
  public struct Worker: Codable, Equatable, Sendable {
    /// A unit that it holds.
    public struct Lease: Codable, Equatable, Sendable {
      /// The step t.
      public var step: UInt64
      /// The first slice.
      public var slice: UInt32
      /// How many slices.
      public var sliceCount: UInt32
      /// How often the unit had been leased before.
      public var attempt: UInt32
      /// Seconds since it was leased.
      public var ageSeconds: Double

      /// Names everything.
      public init(
        step: UInt64, slice: UInt32, sliceCount: UInt32 = 1, attempt: UInt32, ageSeconds: Double
      ) {
        (self.step, self.slice, self.sliceCount) = (step, slice, sliceCount)
        (self.attempt, self.ageSeconds) = (attempt, ageSeconds)
      }
    }

    /// The name by which the logs call it.
    public var name: String
    /// Its rank, as a scheduler numbers processes, or empty.
    public var rank: String
    /// The machine that it runs on.
    public var host: String
    /// How many slices it computes at once.
    public var capacity: UInt32
    /// Whether it leaves when it has finished what it holds.
    public var isDraining: Bool
    /// What it holds.
    public var leases: [Lease]
    /// Slices that it has delivered since it joined.
    public var slices: UInt64
    /// Slices delivered per second, over about the last ten seconds.
    public var slicesPerSecond: Double
    /// Seconds since it was heard.
    public var silentSeconds: Double
    /// What it waits for, as it says itself.
    public var waitsFor: String

    /// Names everything but the leases.
    public init(
      name: String, rank: String, host: String, capacity: UInt32, isDraining: Bool,
      leases: [Lease] = [], slices: UInt64, slicesPerSecond: Double, silentSeconds: Double,
      waitsFor: String
    ) {
      (self.name, self.rank, self.host) = (name, rank, host)
      (self.capacity, self.isDraining, self.leases) = (capacity, isDraining, leases)
      (self.slices, self.slicesPerSecond) = (slices, slicesPerSecond)
      (self.silentSeconds, self.waitsFor) = (silentSeconds, waitsFor)
    }
  }

  /// One server.
  public struct Server: Codable, Equatable, Sendable {
    /// The name by which the logs call it.
    public var name: String
    /// Its place among the servers, from 0; nil while it is a spare.
    public var seat: UInt64?
    /// The machine that it runs on.
    public var host: String
    /// Where workers reach it.
    public var address: String
    /// The version of its parameters, as it was told last.
    public var version: UInt64
    /// Whether it has its parameters.
    public var isLoaded: Bool
    /// Seconds since it was heard.
    public var silentSeconds: Double
    /// Bytes of its parameters with their optimizer state.
    public var parameterBytes: UInt64

    /// Names everything.
    public init(
      name: String, seat: UInt64?, host: String, address: String, version: UInt64, isLoaded: Bool,
      silentSeconds: Double, parameterBytes: UInt64
    ) {
      (self.name, self.seat, self.host, self.address) = (name, seat, host, address)
      (self.version, self.isLoaded) = (version, isLoaded)
      (self.silentSeconds, self.parameterBytes) = (silentSeconds, parameterBytes)
    }
  }
}

extension RunStatus: Words {
  var expectedBytes: Int { 512 + 256 * workers.count + 256 * servers.count }

  func write(to writer: inout PayloadWriter) {
    writer.write(name: job)
    writer.write(generation)
    for number in [step, totalSteps, epoch] { writer.write(number) }
    writer.write(bits: examplesPerSecond)
    writer.write(waitsFor.shortened)
    writer.write(UInt8(checkpoint == nil ? 0 : 1))
    if let checkpoint {
      writer.write(checkpoint.step)
      writer.write(bits: checkpoint.ageSeconds)
      writer.write(checkpoint.path.shortened)
    }
    writer.write(optional: staleness?.bitPattern)
    let told = workers.prefix(WireLimits.workers)
    writer.write(UInt32(told.count))
    for worker in told { worker.write(to: &writer) }
    let owners = servers.prefix(WireLimits.workers)
    writer.write(UInt32(owners.count))
    for server in owners { server.write(to: &writer) }
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    job = try reader.readName("the run")
    generation = try reader.read(UInt32.self, "the generation")
    step = try reader.read(UInt64.self, "the step")
    totalSteps = try reader.read(UInt64.self, "the number of steps")
    epoch = try reader.read(UInt64.self, "the epoch")
    examplesPerSecond = try reader.readBits("the rate")
    waitsFor = try reader.readText("the reason of waiting")
    if try reader.readFlag("the mark of a checkpoint") {
      checkpoint = Checkpoint(
        step: try reader.read(UInt64.self, "the checkpoint's step"),
        ageSeconds: try reader.readBits("the checkpoint's age"),
        path: try reader.readText("the checkpoint's folder"))
    }
    staleness = try reader.readOptional("the staleness").map(Double.init(bitPattern:))
    (workers, servers) = ([], [])
    let count = try reader.readCount("the number of workers", limit: WireLimits.workers)
    for _ in 0..<count { workers.append(try Worker(from: &reader)) }
    let owners = try reader.readCount("the number of servers", limit: WireLimits.workers)
    for _ in 0..<owners { servers.append(try Server(from: &reader)) }
  }
}

extension RunStatus.Worker: Words {
  func write(to writer: inout PayloadWriter) {
    for text in [name, rank, host] { writer.write(name: text) }
    writer.write(capacity)
    writer.write(UInt8(isDraining ? 1 : 0))
    let told = leases.prefix(WireLimits.reportedSlices)
    writer.write(UInt32(told.count))
    for lease in told {
      writer.write(lease.step)
      writer.write(lease.slice)
      writer.write(lease.sliceCount)
      writer.write(lease.attempt)
      writer.write(bits: lease.ageSeconds)
    }
    writer.write(slices)
    writer.write(bits: slicesPerSecond)
    writer.write(bits: silentSeconds)
    writer.write(waitsFor.shortened)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    name = try reader.readName("a worker's name")
    rank = try reader.readName("a worker's rank")
    host = try reader.readName("a worker's host")
    capacity = try reader.read(UInt32.self, "a worker's capacity")
    isDraining = try reader.readFlag("the mark of a worker that leaves")
    leases = []
    let count = try reader.readCount("the number of leases", limit: WireLimits.reportedSlices)
    for _ in 0..<count {
      leases.append(
        Lease(
          step: try reader.read(UInt64.self, "a step"),
          slice: try reader.read(UInt32.self, "a slice"),
          sliceCount: try reader.read(UInt32.self, "a number of slices"),
          attempt: try reader.read(UInt32.self, "an attempt"),
          ageSeconds: try reader.readBits("a lease's age")))
    }
    slices = try reader.read(UInt64.self, "the number of slices")
    slicesPerSecond = try reader.readBits("a worker's rate")
    silentSeconds = try reader.readBits("a worker's silence")
    waitsFor = try reader.readText("the reason of waiting")
  }
}

extension RunStatus.Server: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(name: name)
    writer.write(optional: seat)
    writer.write(name: host)
    writer.write(address.shortened)
    writer.write(version)
    writer.write(UInt8(isLoaded ? 1 : 0))
    writer.write(bits: silentSeconds)
    writer.write(parameterBytes)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    name = try reader.readName("a server's name")
    seat = try reader.readOptional("a server's seat")
    host = try reader.readName("a server's host")
    address = try reader.readText("a server's address")
    version = try reader.read(UInt64.self, "a server's version")
    isLoaded = try reader.readFlag("the mark of a server that has its parameters")
    silentSeconds = try reader.readBits("a server's silence")
    parameterBytes = try reader.read(UInt64.self, "a server's size")
  }
}
