import Dispatch
import Foundation
import TestSockets
import Testing

/// A cluster whose processes reach each other over links that a test can spoil.
///
/// The coordinator listens on 127.0.0.1 and tells everybody that it is 127.0.0.2, where proxies
/// listen on the same ports; so do servers.
struct LinkedCluster {
  let cluster: ProcessCluster
  /// To the coordinator's control socket, and to its data socket.
  let control: ChaosProxy
  let data: ChaosProxy
  /// To each server, for workers.
  let toServers: [ChaosProxy]
  private let keys: [String]

  /// The host of the proxies.
  private static let host: UInt32 = 0x7F00_0002

  /// A run of `epochs` times five steps, with links for so many servers.
  private init(
    _ folder: URL, loss: String, epochs: Int, servers: Int, encrypted: Bool
  ) throws {
    cluster = try ProcessCluster(
      folder, loss: loss, epochs: epochs,
      ["--set", "train.evaluateEvery=100", "--set", "checkpoint.everySteps=20"])
    if encrypted {
      let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
    }
    keys = encrypted ? ["--keys", "keys"] : []
    control = try Self.link()
    data = try Self.link()
    toServers = try (0..<servers).map { _ in try Self.link() }
  }

  /// A link to a port that is free on both sides, outside the range that the system gives out.
  private static func link() throws -> ChaosProxy {
    for _ in 0..<100 {
      let port = UInt16.random(in: 12_000..<32_000)
      guard TCPSocket.listening(port: port) != nil,
        let proxy = ChaosProxy(host: host, port: port, to: port)
      else { continue }
      return proxy
    }
    return try #require(nil as ChaosProxy?, "no free port")
  }

  /// All links that bulk goes over.
  var bulk: [ChaosProxy] { toServers.isEmpty ? [data] : toServers }

  /// Everything.
  var links: [ChaosProxy] { [control, data] + toServers }

  /// Lets each step take at least twice so long, so that a test can act while the run is on; at 0
  /// the links are good.
  func pace(milliseconds: Int) {
    for link in bulk { link.faults.delayMilliseconds = milliseconds }
  }

  func coordinator(workers: Int = 1, _ more: [String] = []) throws -> LivingProcess {
    try cluster.coordinator(
      workers: workers, servers: toServers.count, at: "tcp://127.0.0.1:\(control.port)",
      ["--data-port", "\(data.port)", "--advertise", "127.0.0.2"] + keys + more)
  }

  func worker() throws -> LivingProcess { try cluster.worker(at: address, keys) }

  func server(_ seat: Int) throws -> LivingProcess {
    try cluster.server(
      at: address,
      [
        "--listen", "tcp://127.0.0.1:\(toServers[seat].port)", "--advertise", "127.0.0.2",
      ] + keys)
  }

  private var address: String { "tcp://127.0.0.2:\(control.port)" }

  /// Runs `body` on such a cluster in a folder of its own, on a thread of its own: it must be able
  /// to act at any time, also when other tests occupy the threads that tests share. Four at a time,
  /// so that processes get the processor before somebody thinks that they are dead.
  static func run(
    loss: String = "autoloss", epochs: Int = 40, servers: Int = 0, encrypted: Bool = false,
    _ body: @Sendable (LinkedCluster) throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(OwnThread()) {
      room.wait()
      defer { room.signal() }
      try CommandLineTool.withFolder { folder in
        try body(
          LinkedCluster(
            folder, loss: loss, epochs: epochs, servers: servers, encrypted: encrypted))
      }
    }
  }

  private static let room = DispatchSemaphore(value: 4)

  private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "cluster")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      let executor = unsafe asUnownedTaskExecutor()
      queue.async { unsafe job.runSynchronously(on: executor) }
    }
  }

  /// Lets the run end and expects that it went as if nothing had happened.
  func expectTheSame(
    _ led: LivingProcess, _ others: [LivingProcess], epochs: Int = 40
  ) throws {
    for link in links { link.faults = LinkFaults() }
    let told = others.map(\.errors).joined(separator: "\n")
    #expect(led.end() == 0, "\(led.errors)\n\(told)")
    #expect(try cluster.checksum(led.output) == cluster.checksumAlone())
    try cluster.expectFullCoverage(epochs: epochs)
    for process in others {
      // One whose link was down at the last moment was not told, and looks for its coordinator for
      // as long as it may.
      if !process.ends(withinSeconds: 5) { process.send(SIGTERM) }
      #expect(process.end() == 0, "\(process.errors)")
    }
    for link in links { link.end() }
  }
}
