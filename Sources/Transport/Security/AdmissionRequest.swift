import Kernels

/// The library's question whether a connection may be made (ZAP, rfc.zeromq.org/spec/27).
struct AdmissionRequest: Equatable {
  /// The address of the one who connects.
  var address: String
  /// Its key, which it has proved to own; nil at sockets without keys.
  var key: PublicKey?

  /// Reads a question: version, request, domain, address, identity, mechanism, credentials.
  init?(_ parts: [Bytes]) {
    guard parts.count >= 6, parts.allSatisfy({ $0.count <= 255 }),
      parts[0].array == Array("1.0".utf8)
    else { return nil }
    switch (String(decoding: parts[5].array, as: UTF8.self), parts.count) {
    case ("NULL", 6): key = nil
    case ("CURVE", 7):
      guard let key = PublicKey(bytes: parts[6].array) else { return nil }
      self.key = key
    default: return nil
    }
    // The address comes from the library, but goes into a log.
    address = String(decoding: parts[3].array.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
  }

  /// The answer to the question `parts`: admitted as `name`, or not.
  static func answer(_ parts: [Bytes], admittedAs name: String?) -> [Bytes] {
    let request = parts.count > 1 ? parts[1] : Bytes(count: 0)
    let (code, text) = name == nil ? ("400", "not in the allow-list") : ("200", "OK")
    return ["1.0", nil, code, text, name ?? "", ""].map { word in
      word.map { Bytes(Array($0.utf8)) } ?? request
    }
  }
}
