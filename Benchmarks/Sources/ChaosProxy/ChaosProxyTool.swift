import ArgumentParser
import Foundation
import TestSockets

/// A bad link for scripts: a port of this machine that leads to another, late or slowly.
@main
struct ChaosProxyTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos-proxy",
    abstract: "Lead a port on 127.0.0.1 to another address over a late or slow link.",
    discussion: """
      Runs until it is ended, or its standard input is.

      EXAMPLE: 300 ms more for every round trip to 192.0.2.1:5570
        chaos-proxy --listen 5570 --to 192.0.2.1:5570 --delay 150
      """)

  @Option(help: "The port to listen on.") var listen: UInt16
  @Option(help: "Where it leads, as ADDRESS:PORT (IPv4).") var to: String
  @Option(help: "Milliseconds by which every byte is late, each way.") var delay = 0
  @Option(help: "Bytes a second that pass, each way; 0 means all.") var rate = 0

  func run() throws {
    let pieces = to.split(separator: ":")
    let numbers = pieces.first?.split(separator: ".").compactMap { UInt32($0) } ?? []
    guard pieces.count == 2, let port = UInt16(pieces[1]), numbers.count == 4,
      numbers.allSatisfy({ $0 < 256 })
    else { throw ValidationError("--to must be like 192.0.2.1:5570, not \(to).") }
    let host = numbers.reduce(0) { $0 << 8 | $1 }
    guard let proxy = ChaosProxy(port: listen, to: port, targetHost: host) else {
      throw ValidationError("Port \(listen) on 127.0.0.1 is taken.")
    }
    var faults = LinkFaults()
    faults.delayMilliseconds = delay
    faults.bytesPerSecond = rate > 0 ? rate : nil
    proxy.faults = faults
    while readLine() != nil {}
    proxy.end()
  }
}
