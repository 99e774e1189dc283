/// Who a process is: a random number chosen at its start, never used again.
///
/// The routing ids of the process's connections begin with its 16 bytes, the first of which is not
/// zero.
public typealias PeerIdentity = UInt128

extension PeerIdentity {
  /// A new identity; chance is the caller's.
  public static func identity(using generator: inout some RandomNumberGenerator) -> PeerIdentity {
    let high = generator.next() | 1 << 63  // ZeroMQ keeps ids with a leading zero for itself.
    return PeerIdentity(high) << 64 | PeerIdentity(generator.next())
  }

  /// The first eight hexadecimal digits, for people.
  public var shortName: String {
    let digits = String(UInt32(truncatingIfNeeded: self >> 96), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// What a process does in a run.
public enum Role: UInt8, Sendable, CaseIterable {
  /// It computes slices.
  case worker = 0
  /// It owns a part of the parameters.
  case server = 1
}

/// HELLO: what a worker or server is and has. An empty hash means "not known", and is not compared.
public struct Hello: Equatable, Sendable {
  /// The process.
  public var identity: PeerIdentity
  /// What it wants to be.
  public var role: Role
  /// The build, as `autoloss --version` prints it.
  public var build: String
  /// The hash of a configuration that the worker was given.
  public var configurationHash: String
  /// The hash of the manifest of its data.
  public var dataHash: String
  /// The hash of its vocabulary.
  public var vocabularyHash: String
  /// OpenBLAS's kernels in the worker's process.
  public var blasKernel: String
  /// How many slices a worker computes at once.
  public var capacity: UInt32
  /// Where workers reach a server.
  public var dataAddress: String
  /// The machine that it runs on, for people.
  public var host: String
  /// Which of several processes it is, as a scheduler numbers them; a label, or empty.
  public var rank: String

  /// Names everything that is compared.
  public init(
    identity: PeerIdentity, role: Role = .worker, build: String, configurationHash: String = "",
    dataHash: String, vocabularyHash: String, blasKernel: String = "", capacity: UInt32 = 0,
    dataAddress: String = "", host: String = "", rank: String = ""
  ) {
    (self.host, self.rank) = (host, rank)
    self.identity = identity
    self.role = role
    self.dataAddress = dataAddress
    self.build = build
    self.configurationHash = configurationHash
    self.dataHash = dataHash
    self.vocabularyHash = vocabularyHash
    self.blasKernel = blasKernel
    self.capacity = capacity
  }
}

/// WELCOME: everything a worker needs to take part. Job and generation are in the envelope.
public struct Welcome: Equatable, Sendable {
  /// The resolved configuration of the run, as text.
  public var configuration: String
  /// The address of the data socket; a host of `*` means the host the worker already talks to.
  public var dataAddress: String
  /// Bytes of pushes that the worker may have without an acknowledgement.
  public var creditBytes: UInt64
  /// How often the worker reports, in milliseconds.
  public var heartbeatMilliseconds: UInt32
  /// Rows of the table; with the three below, both sides compare it with their own.
  public var rowCount: UInt64
  /// Numbers of a row.
  public var rowWidth: UInt32
  /// Dense parameters of the recommender.
  public var denseCount: UInt64
  /// Its batch-norm statistics.
  public var statisticsCount: UInt64
  /// Where the servers are reached, by seat; empty when the coordinator owns all parameters.
  public var serverAddresses: [String]

  /// Names everything.
  public init(
    configuration: String, dataAddress: String, creditBytes: UInt64 = 64 << 20,
    heartbeatMilliseconds: UInt32 = 500, rowCount: UInt64 = 0, rowWidth: UInt32 = 0,
    denseCount: UInt64 = 0, statisticsCount: UInt64 = 0, serverAddresses: [String] = []
  ) {
    self.configuration = configuration
    self.dataAddress = dataAddress
    self.creditBytes = creditBytes
    self.heartbeatMilliseconds = heartbeatMilliseconds
    self.rowCount = rowCount
    self.rowWidth = rowWidth
    self.denseCount = denseCount
    self.statisticsCount = statisticsCount
    self.serverAddresses = serverAddresses
  }
}

extension Hello: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(UInt64(truncatingIfNeeded: identity >> 64))
    writer.write(UInt64(truncatingIfNeeded: identity))
    writer.write(role.rawValue)
    for text in [build, configurationHash, dataHash, vocabularyHash, blasKernel] {
      writer.write(text)
    }
    writer.write(capacity)
    writer.write(dataAddress)
    writer.write(name: host)
    writer.write(name: rank)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    let high = try reader.read(UInt64.self, "the identity")
    let low = try reader.read(UInt64.self, "the identity")
    let number = try reader.read(UInt8.self, "the role")
    guard let role = Role(rawValue: number) else {
      throw .invalid(what: "the role", value: "\(number)")
    }
    self.role = role
    build = try reader.readText("the build")
    configurationHash = try reader.readText("the configuration hash")
    dataHash = try reader.readText("the data hash")
    vocabularyHash = try reader.readText("the vocabulary hash")
    blasKernel = try reader.readText("the OpenBLAS kernel")
    capacity = try reader.read(UInt32.self, "the number of compute threads")
    dataAddress = try reader.readText("the data address")
    host = try reader.readName("the host")
    rank = try reader.readName("the rank")
    identity = PeerIdentity(high) << 64 | PeerIdentity(low)
  }
}

extension Welcome: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(configuration)
    writer.write(dataAddress)
    writer.write(creditBytes)
    writer.write(heartbeatMilliseconds)
    writer.write(rowCount)
    writer.write(rowWidth)
    writer.write(denseCount)
    writer.write(statisticsCount)
    writer.write(UInt32(serverAddresses.count))
    for address in serverAddresses { writer.write(address) }
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    configuration = try reader.readText(
      "the configuration", limit: WireLimits.configurationBytes)
    dataAddress = try reader.readText("the data address")
    creditBytes = try reader.read(UInt64.self, "the credit")
    heartbeatMilliseconds = try reader.read(UInt32.self, "the heartbeat interval")
    // Who reports after no time at all would do nothing else.
    guard heartbeatMilliseconds > 0 else {
      throw .invalid(what: "the heartbeat interval", value: "0")
    }
    rowCount = try reader.read(UInt64.self, "the number of rows")
    rowWidth = try reader.read(UInt32.self, "the row width")
    denseCount = try reader.read(UInt64.self, "the number of dense parameters")
    statisticsCount = try reader.read(UInt64.self, "the number of statistics")
    let servers = try reader.readCount("the number of servers", limit: WireLimits.servers)
    serverAddresses = []
    for _ in 0..<servers {
      serverAddresses.append(try reader.readText("a server's address"))
    }
  }
}
