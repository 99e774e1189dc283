import Foundation
import Testing

/// Where servers are reached: on a machine of their own without a word, and not where nobody could.
@Suite(.serialized) struct ServerAddressTests {
  /// Without any address but the coordinator's: the server stands on another machine, as far as
  /// the kernel's network goes, and a worker on the coordinator's.
  @Test(.enabled(if: TwoMachines.areAvailable), arguments: [false, true])
  func aServerOnAnotherMachineIsReached(encrypted: Bool) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let expected = try cluster.checksumAlone()
      if encrypted {
        let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
        #expect(made.exitCode == 0, "\(made.errors)")
      }
      var environment = ["AUTOLOSS_COORDINATOR": "tcp://192.0.2.1:5570"]
      environment[encrypted ? "AUTOLOSS_KEYS" : "AUTOLOSS__CLUSTER__INSECURE"] =
        encrypted ? "keys" : "true"
      let run = try CommandLineTool.run(
        ["coordinator", "--out", "led", "--servers", "1", "--set", "cluster.quorumSeconds=60"]
          + cluster.options, in: folder, environment: environment, through: TwoMachines.shell)
      let server = (try? String(contentsOf: folder.appending(path: "server"), encoding: .utf8))
      #expect(run.exitCode == 0, "\(run.errors)\n\(server ?? "")")
      #expect(try cluster.checksum(run.output) == expected)
      #expect(run.errors.contains("joined at tcp://192.0.2.2:"), "\(run.errors)")
      #expect(server?.contains("listening for workers on tcp://192.0.2.2:") == true)
    }
  }

  @Test func aServerDoesNotTellLoopbackToACoordinatorThatIsElsewhere() throws {
    let result = try CommandLineTool.run([
      "server", "--coordinator", "tcp://192.0.2.1:5570", "--listen", "tcp://127.0.0.1:0",
      "--insecure",
    ])
    #expect(result.exitCode == 78, "\(result.errors)")
    #expect(result.errors.contains("workers on other machines cannot reach a server at tcp://127."))
    #expect(result.errors.contains("--advertise"))
  }

  /// The server thinks that all are on one machine; the coordinator knows better.
  @Test func aCoordinatorForManyMachinesRefusesLoopback() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let led = try cluster.coordinator(servers: 1, at: "tcp://*:0", ["--insecure"])
      let port = try #require(cluster.address(of: led).split(separator: ":").last)
      let server = try cluster.server(at: "tcp://127.0.0.1:\(port)")
      #expect(server.end() == 77, "\(server.errors)")
      #expect(server.errors.contains("cannot reach a server at tcp://127.0.0.1:"))
      try led.seen("refused: workers on other machines cannot reach")
      // By the name that the network has for it, or under another name, it is one of them.
      let other = try cluster.server(
        at: "tcp://127.0.0.1:\(port)", ["--advertise", "192.0.2.7"])
      try led.seen("joined at tcp://192.0.2.7:")
      for process in [other, led] {
        process.send(SIGKILL)
        _ = process.end()
      }
    }
  }

  /// A worker that cannot reach a server says which, in its log and to who asks.
  @Test func aServerThatCannotBeReachedIsNamed() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let led = try cluster.coordinator(servers: 1)
      let address = try cluster.address(of: led)
      // It listens on 127.0.0.1 alone.
      let server = try cluster.server(at: address, ["--advertise", "127.0.0.3"])
      let worker = try cluster.worker(at: address)
      let name = "server 1 of 1 at tcp://127.0.0.3:"
      _ = try worker.line(with: "no connection to \(name)")
      var status = ""
      for _ in 0..<100 where !status.contains("rows of \(name)") {
        status = try CommandLineTool.run(["status", "--coordinator", address], in: folder).output
        Thread.sleep(forTimeInterval: 0.1)
      }
      #expect(status.contains("rows of \(name)"), "\(status)")
      #expect(status.contains("(not connected)"))
      for process in [worker, server, led] {
        process.send(SIGKILL)
        _ = process.end()
      }
    }
  }
}

/// Two machines of one network, 192.0.2.1 and 192.0.2.2, in name spaces of their own.
enum TwoMachines {
  private static let script = """
    ip link set lo up && ip link add near type veth peer name far || exit 99
    ip address add 192.0.2.1/24 dev near && ip link set near up || exit 99
    unshare --net sh -c 'until ip link show far; do sleep 0.05; done > /dev/null 2>&1
      ip link set lo up; ip address add 192.0.2.2/24 dev far && ip link set far up
      exec "$0" server --threads 1 --connect-timeout 60 > /dev/null 2> server' "$0" & other=$!
    until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]
    do sleep 0.05; done
    ip link set far netns $other || exit 99
    [ "${1:-}" != probe ] || { kill $other; exit 0; }
    "$0" worker --data data --threads 1 --connect-timeout 60 > /dev/null 2>&1 & worker=$!
    "$0" "$@"; code=$?
    wait $other $worker
    exit $code
    """

  /// Runs a coordinator on the first, with a worker beside it and a server on the second.
  static let shell = [
    "/usr/bin/unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child",
    "--mount-proc", "/bin/sh", "-c", script,
  ]

  /// Whether this machine lets us make such networks.
  static let areAvailable: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: shell[0])
    process.arguments = Array(shell.dropFirst()) + ["/bin/true", "probe"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
