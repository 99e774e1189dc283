import Synchronization

/// The public keys that may connect.
///
/// A list that comes from a folder is read again when a key is not known (at most once a second),
/// and at least every ten seconds in which somebody connects: a key that is added or removed counts
/// without a restart. Connections that exist stay.
public final class AllowList: Sendable {
  /// Whether sockets without keys admit everybody.
  let admitsPlain: Bool
  private let folder: KeyFolder?
  private let own: PublicKey?
  private let state: Mutex<State>

  private struct State {
    var names: [PublicKey: String]
    var readAt: UInt64?
    var problem: String?
  }

  /// Of a context whose listening sockets have no keys: everybody who speaks today's form of the
  /// library's protocol. Without it, connections that look like its oldest form are let in and,
  /// when they end, leave memory behind that the library (4.3.4) never frees.
  public static let everybody = AllowList([], admitsPlain: true)

  /// Exactly these keys.
  public convenience init(_ keys: [PublicKey]) { self.init(keys, admitsPlain: false) }

  private init(_ keys: [PublicKey], admitsPlain: Bool) {
    self.admitsPlain = admitsPlain
    folder = nil
    own = nil
    state = Mutex(State(names: .init(keys.map { ($0, "\($0)") }) { first, _ in first }))
  }

  /// The keys in `allowed` of a folder, and the coordinator's own: who has its secret asks the
  /// coordinator how the run stands, as probes of its health do.
  public init(of folder: KeyFolder) throws(KeyError) {
    self.folder = folder
    admitsPlain = false
    own = try? folder.publicKey(KeyFolder.coordinator)
    state = Mutex(State(names: Self.names(try folder.allowed())))
  }

  /// How many keys were known when it was read last.
  public var count: Int { state.withLock { $0.names.count } }

  /// Where a key has to be copied to, for people.
  var place: String { folder?.allowedPath ?? "the allow-list" }

  /// The name of a key that may connect, else nil. Any thread may ask.
  func name(of key: PublicKey, atMilliseconds now: UInt64) -> String? {
    if key == own { return KeyFolder.coordinator }
    return state.withLock { state in
      let age = state.readAt.map { now - min($0, now) } ?? .max
      if let name = state.names[key], age < 10_000 { return name }
      if age >= 1000 { read(&state, now) }
      return state.names[key]
    }
  }

  /// What was wrong with the folder when it was read last; nil when nothing, or told already.
  func takeProblem() -> String? {
    state.withLock { state in
      defer { state.problem = nil }
      return state.problem
    }
  }

  private func read(_ state: inout State, _ now: UInt64) {
    guard let folder else { return }
    state.readAt = now
    do {
      state.names = Self.names(try folder.allowed())
    } catch {
      state.problem = "\(error.path): \(error.what); the allow-list of before stays in force"
    }
  }

  private static func names(_ keys: [(name: String, key: PublicKey)]) -> [PublicKey: String] {
    .init(keys.map { ($0.key, $0.name) }) { first, _ in first }
  }
}
