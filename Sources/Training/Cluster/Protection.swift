import Transport

/// What protects the connections of one process of a cluster: keys, or the word that none are
/// wanted.
struct Protection {
  /// The options of its sockets; of one that connects, towards the coordinator.
  let options: SocketOptions
  /// The options of sockets by which servers are reached: of a server those of its own that
  /// listens, of a worker those that connect.
  var serverOptions: SocketOptions
  /// Whom its listening sockets admit; nil without keys, and for who only connects.
  let allowList: AllowList?

  /// Of a coordinator: with the keys in the folder that the configuration names, else plain.
  static func coordinator(_ cluster: RunConfiguration.Cluster) throws -> Protection {
    var options = SocketOptions()
    options.allowInsecure = cluster.insecure
    guard !cluster.keys.isEmpty else {
      return Protection(options: options, serverOptions: options, allowList: .everybody)
    }
    let keys = KeyFolder(cluster.keys)
    options.security = try .listening(keys: keys)
    return Protection(
      options: options, serverOptions: options, allowList: try AllowList(of: keys))
  }

  /// Of a worker: with a key of a folder (the one of this name, or the only one), else plain.
  ///
  /// Refusals are stood for half a minute, in which a key can be added to the allow-list, and not
  /// longer than an absent coordinator is waited for.
  static func worker(_ keys: WorkerKeys, connectSeconds: Int) throws -> Protection {
    var options = SocketOptions()
    options.allowInsecure = keys.allowInsecure
    options.admissionMilliseconds = UInt64(min(30, connectSeconds)) * 1000
    var serverOptions = options
    if let path = keys.folder {
      let folder = KeyFolder(path)
      let name = try folder.workerName(keys.name)
      options.security = try .connecting(as: name, keys: folder)
      // A worker of a run without servers needs no key of theirs; connecting to one tells.
      if let security = try? Security.connecting(as: name, to: KeyFolder.server, keys: folder) {
        serverOptions.security = security
      }
    }
    return Protection(options: options, serverOptions: serverOptions, allowList: nil)
  }

  /// Of somebody who only asks: with the chosen key of a folder, else the coordinator's own where
  /// it lies, else the only other one.
  ///
  /// Refusals are stood for a second and a half: nobody waits for an answer as long as a worker.
  static func caller(_ keys: WorkerKeys) throws -> Protection {
    var options = SocketOptions()
    options.allowInsecure = keys.allowInsecure
    options.admissionMilliseconds = 1500
    if let path = keys.folder {
      let folder = KeyFolder(path)
      let isCoordinator = try folder.secretNames().contains(KeyFolder.coordinator)
      let name =
        keys.name == nil && isCoordinator
        ? KeyFolder.coordinator : try folder.workerName(keys.name)
      options.security = try .connecting(as: name, keys: folder)
    }
    return Protection(options: options, serverOptions: options, allowList: nil)
  }

  /// Of a server: with its key of a folder, else plain.
  static func server(
    _ folder: String?, allowInsecure: Bool, connectSeconds: Int
  ) throws -> Protection {
    var options = SocketOptions()
    options.allowInsecure = allowInsecure
    options.admissionMilliseconds = UInt64(min(30, connectSeconds)) * 1000
    var serverOptions = options
    guard let folder else {
      return Protection(options: options, serverOptions: options, allowList: .everybody)
    }
    let keys = KeyFolder(folder)
    options.security = try .connecting(as: KeyFolder.server, keys: keys)
    serverOptions.security = try .listening(as: KeyFolder.server, keys: keys)
    return Protection(
      options: options, serverOptions: serverOptions, allowList: try AllowList(of: keys))
  }

  /// The library's threads for such sockets: ciphers are computed there.
  func context() throws -> Context {
    try Context(ioThreads: options.security.isEncrypted ? 2 : 1, admitting: allowList)
  }

  /// What must be told, loudly, about connections over `endpoint`; nil when nothing, as where they
  /// are refused.
  func warning(_ endpoint: Endpoint) -> String? {
    guard !endpoint.isLocal, !options.security.isEncrypted, options.allowInsecure else {
      return nil
    }
    return "WARNING: connections over \(endpoint) are neither encrypted nor authenticated "
      + "(--insecure): who reaches the address can read and change the model; use --keys instead, "
      + "see docs/security.md"
  }
}

/// Which key a worker uses.
public struct WorkerKeys: Equatable, Sendable {
  /// The folder of keys; nil for plain connections.
  public var folder: String?
  /// The key of the folder; nil for the only one.
  public var name: String?
  /// Permits plain connections beyond loopback.
  public var allowInsecure: Bool

  /// Names all three.
  public init(folder: String? = nil, name: String? = nil, allowInsecure: Bool = false) {
    self.folder = folder
    self.name = name
    self.allowInsecure = allowInsecure
  }
}
