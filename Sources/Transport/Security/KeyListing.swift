/// What is known of one name in a folder of keys, without any secret.
public struct KeyEntry: Equatable, Sendable {
  /// The name of its files.
  public var name: String
  /// Its public key; nil when only a secret file is there that cannot be used.
  public var publicKey: PublicKey?
  /// The permissions of its secret file, such as 600; nil when that is not in the folder.
  public var secretMode: String?
  /// Whether nobody but the owner can read the secret file.
  public var isPrivate: Bool
  /// Whether it is in the allow-list.
  public var isAllowed: Bool
}

extension KeyFolder {
  /// Everything in the folder, by name.
  public func entries() throws(KeyError) -> [KeyEntry] {
    let secrets = Set(try secretNames())
    let publics = Set(try publicNames())
    let allowed = Set((try? allowedNames()) ?? [])
    var entries: [KeyEntry] = []
    for name in secrets.union(publics).union(allowed).sorted() {
      var entry = KeyEntry(name: name, isPrivate: true, isAllowed: allowed.contains(name))
      if secrets.contains(name) {
        let permissions = try permissions(name)
        (entry.secretMode, entry.isPrivate) = (permissions.mode, permissions.isPrivate)
      }
      entry.publicKey =
        if allowed.contains(name) {
          try allowedKey(name)
        } else if publics.contains(name) {
          try publicKey(name)
        } else if entry.isPrivate {
          try pair(name).publicKey
        } else {
          nil
        }
      entries.append(entry)
    }
    return entries
  }
}
