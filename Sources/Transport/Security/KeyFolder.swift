import Foundation

/// The folder of keys that `autoloss keys generate` writes, or the part of it that one host needs.
///
///     coordinator.key  coordinator.pub     the coordinator's
///     server.key       server.pub          of processes that own parameters
///     worker.key                           of workers; more under other names
///     allowed/NAME.pub                     whom coordinator and servers admit
///
/// A coordinator needs `coordinator.key` and `allowed`, a worker `coordinator.pub`, `server.pub`
/// and its own `.key`. Secret files that others can read are refused.
public struct KeyFolder: Equatable, Sendable {
  /// Names with a meaning of their own.
  public static let coordinator = "coordinator"
  /// The name that all servers share.
  public static let server = "server"
  /// The folder.
  public let path: String

  /// Names the folder; nothing is read yet.
  public init(_ path: String) { self.path = path }

  /// The public keys that a listening socket admits.
  public var allowedPath: String { "\(path)/allowed" }

  /// The pair of this name.
  public func pair(_ name: String) throws(KeyError) -> KeyPair {
    let path = secretPath(name)
    let content = try SmallFile.read(path, limit: KeyFile.byteLimit)
    guard content.isPrivate else {
      throw KeyError(
        .exposed,
        "others than its owner can read this secret key (mode \(Self.octal(content.mode)))",
        at: path,
        remedy: "run chmod 600 \(path), and make a new key if it was seen")
    }
    do {
      return try KeyFile.keyPair(content.bytes)
    } catch {
      throw Self.malformed(error, path)
    }
  }

  /// The public key of this name, of those that peers connect to.
  public func publicKey(_ name: String) throws(KeyError) -> PublicKey {
    try Self.publicKey(at: "\(path)/\(name).pub")
  }

  /// The name of the key that a worker uses: `chosen`, or the only one that is there.
  public func workerName(_ chosen: String?) throws(KeyError) -> String {
    if let chosen {
      try Self.check(name: chosen)
      return chosen
    }
    let names = try secretNames().filter { $0 != Self.coordinator && $0 != Self.server }
    if names.count == 1 { return names[0] }
    guard !names.isEmpty else {
      throw KeyError(
        .missing, "it holds no worker's key", at: path,
        remedy: "copy one here, or make one with `autoloss keys generate`")
    }
    let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    throw KeyError(
      .choice, "it holds \(names.count) workers' keys (\(some))", at: path,
      remedy: "choose one with --key-name")
  }

  /// The names of all secret files, in order.
  public func secretNames() throws(KeyError) -> [String] { try Self.names(in: path, "key") }

  /// The names of public files beside the secret ones, and of those in `allowed`.
  func publicNames() throws(KeyError) -> [String] { try Self.names(in: path, "pub") }
  func allowedNames() throws(KeyError) -> [String] { try Self.names(in: allowedPath, "pub") }

  /// The key of this name in `allowed`.
  func allowedKey(_ name: String) throws(KeyError) -> PublicKey {
    try Self.publicKey(at: "\(allowedPath)/\(name).pub")
  }

  /// The permissions of a secret file, such as 600, and whether they keep it secret.
  public func permissions(_ name: String) throws(KeyError) -> (mode: String, isPrivate: Bool) {
    let content = try SmallFile.read(secretPath(name), limit: KeyFile.byteLimit)
    return (Self.octal(content.mode), content.isPrivate)
  }

  /// The public keys in `allowed`, in the order of their names.
  public func allowed() throws(KeyError) -> [(name: String, key: PublicKey)] {
    var keys: [(String, PublicKey)] = []
    for name in try allowedNames() { keys.append((name, try allowedKey(name))) }
    return keys
  }

  private func secretPath(_ name: String) -> String { "\(path)/\(name).key" }
}

/// Making keys.
extension KeyFolder {
  /// Writes a coordinator's, a server's and so many workers' keys, and the allow-list.
  ///
  /// Nothing is written when one of the files exists. Returns the names in the order written.
  public func generate(workers: Int) throws -> [String] {
    precondition(workers >= 1, "a cluster has at least one worker")
    let names =
      workers == 1 ? ["worker"] : (1...workers).map { "worker-\($0)" }
    return try write([Self.coordinator, Self.server] + names)
  }

  /// Writes one more member's key into a folder that has a coordinator's; returns its name.
  public func add(_ name: String) throws -> [String] {
    try Self.check(name: name)
    _ = try publicKey(Self.coordinator)
    return try write([name])
  }

  private func write(_ names: [String]) throws -> [String] {
    try SmallFile.makeFolder(path, mode: 0o700)
    try SmallFile.makeFolder(allowedPath, mode: 0o755)
    for name in names {
      for file in [secretPath(name), publicPath(name)] where SmallFile.exists(file) {
        throw SmallFile.exists(file) as KeyError
      }
    }
    for name in names {
      let pair = try KeyPair.generate()
      try SmallFile.create(secretPath(name), KeyFile.text(pair), mode: 0o600)
      try SmallFile.create(publicPath(name), KeyFile.text(pair.publicKey), mode: 0o644)
      guard name == Self.server else { continue }
      // Servers are connected to, and connect to the coordinator.
      try SmallFile.create("\(path)/\(name).pub", KeyFile.text(pair.publicKey), mode: 0o644)
    }
    return names
  }

  private func publicPath(_ name: String) -> String {
    name == Self.coordinator ? "\(path)/\(name).pub" : "\(allowedPath)/\(name).pub"
  }
}

extension KeyFolder {
  private static func publicKey(at path: String) throws(KeyError) -> PublicKey {
    let content = try SmallFile.read(path, limit: KeyFile.byteLimit)
    do {
      return try KeyFile.publicKey(content.bytes)
    } catch {
      throw malformed(error, path)
    }
  }

  private static func names(in folder: String, _ ending: String) throws(KeyError) -> [String] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw KeyError(
        .missing, "there is no such folder, or it cannot be read", at: folder,
        remedy: "make keys with `autoloss keys generate --out FOLDER`, or copy them here")
    }
    return files.filter { $0.hasSuffix(".\(ending)") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(ending.count + 1)) }.sorted()
  }

  private static func check(name: String) throws(KeyError) {
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || [0x2D, 0x2E, 0x5F].contains($0)
    }
    guard isPlain, (1...64).contains(name.utf8.count), !name.hasPrefix(".") else {
      throw KeyError(
        .choice, "a key's name has 1 to 64 letters, digits and -._, and does not begin with a dot",
        at: name, remedy: "choose another name")
    }
  }

  private static func malformed(_ problem: KeyFile.Problem, _ path: String) -> KeyError {
    KeyError(
      .malformed, problem.sentence, at: path,
      remedy: "copy the file again, or make a new key with `autoloss keys generate`")
  }

  private static func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }
}
