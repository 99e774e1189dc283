/// To which owners of parameters a worker is connected, without socket or clock.
///
/// An owner that was told to the worker may not be reachable from its machine: a firewall, an
/// address of another network, a server that is gone. Then rows do not come, and somebody must say
/// whose.
public struct OwnerLinks: Equatable, Sendable {
  private struct Link: Equatable, Sendable {
    /// Who it is and where, for people.
    let name: String
    /// Since when there is no connection; nil while there is one.
    var absentSince: Milliseconds?
    var isTold = false
  }

  /// Owners that are not connected for so long are told.
  public static let patienceMilliseconds: Milliseconds = 5000

  private var links: [Link]

  /// Nobody is connected yet. `names` say who the owners are and where, for people, in the order
  /// of their connections.
  public init(_ names: [String], at time: Milliseconds) {
    links = names.map { Link(name: $0, absentSince: time) }
  }

  /// The coordinator at `data`, and servers by seat, as people call them.
  public static func names(data: String, servers: [String]) -> [String] {
    ["the coordinator at \(data)"]
      + servers.enumerated().map { "server \($0 + 1) of \(servers.count) at \($1)" }
  }

  /// Takes note of who is connected, in the order of the names; returns what people are to be told
  /// now: each absence once, and its end.
  public mutating func note(_ connected: [Bool], at time: Milliseconds) -> [String] {
    precondition(connected.count == links.count, "each owner is connected or not")
    var sentences: [String] = []
    for (number, isConnected) in connected.enumerated() {
      var link = links[number]
      if isConnected {
        if link.isTold { sentences.append("connected to \(link.name)") }
        (link.absentSince, link.isTold) = (nil, false)
      } else if let since = link.absentSince {
        if !link.isTold, time >= since + Self.patienceMilliseconds {
          link.isTold = true
          sentences.append(
            "no connection to \(link.name) for \(Self.patienceMilliseconds / 1000) s: check that "
              + "it runs, and that this machine reaches the address; trying on")
        }
      } else {
        link.absentSince = time
      }
      links[number] = link
    }
    return sentences
  }

  /// Who is missed, in words, of those whose absence was told; nil when nobody is.
  public var missed: String? {
    guard let first = links.first(where: \.isTold)?.name else { return nil }
    let count = links.count { $0.isTold }
    return first + (count == 1 ? "" : " and \(count - 1) more") + " (not connected)"
  }
}
