import Cluster
import Messages

/// Who may own parameters.
extension ServerFleet {
  /// Takes a server's HELLO, unless workers could not use the address that it tells: they would
  /// wait for it in vain.
  func greet(_ server: PeerIdentity, _ hello: Hello) throws {
    let address = hello.dataAddress
    guard let objection = ServerAddresses.objection(to: address, coordinator: place) else {
      return try handle(.hello(server, Fingerprint(hello), address: address))
    }
    let remedy = "give it this coordinator's address on the network, or --advertise HOST"
    try perform([
      .refuse(server, .otherConfiguration, "\(objection); \(remedy)"),
      .log(.warning, "server \(server.shortName) refused: \(objection)"),
    ])
  }
}
