import CZeroMQ
import Foundation
import Kernels
import Messages
import Synchronization
import Testing

@testable import Transport

/// Who does not belong to a run cannot join, stop, slow down or bloat it.
@Suite(.serialized) struct StrangersTests {
  private static let options = [
    "--data", "data", "--batch-size", "100", "--loss", "autoloss", "--epochs", "12",
    "--set", "train.patience=0", "--set", "model.hidden=[16,8]", "--json",
  ]

  /// A run on loopback whose coordinator waits for a worker.
  private struct Scene {
    let folder: URL
    let led: LivingProcess
    let endpoint: Endpoint
    let port: UInt16
    let keyFlags: [String]

    init(_ folder: URL, encrypted: Bool) throws {
      self.folder = folder
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      keyFlags = encrypted ? ["--keys", "keys"] : []
      led = try LivingProcess(
        ["coordinator", "--out", "led", "--listen", "tcp://127.0.0.1:0"]
          + StrangersTests.options + keyFlags, in: folder)
      let line = try led.line(with: "listening on ")
      endpoint = try Endpoint(String(try #require(line.split(separator: " ").last)))
      guard case .tcp(_, let port) = endpoint else { throw CancellationError() }
      self.port = port
    }

    var keys: KeyFolder { KeyFolder(folder.appending(path: "keys").path) }

    /// Connects with `security` until a refusal is told, and returns it; nil when it gets in.
    func refusal(_ security: Security) throws -> String? {
      var options = SocketOptions()
      options.security = security
      let dealer = try Dealer(in: Context(), identity: 1 << 127 | 7, options: options)
      try dealer.connect(endpoint)
      let poller = Poller([dealer])
      let deadline = Uptime.milliseconds + 10_000
      while Uptime.milliseconds < deadline {
        poller.wait(atMostMilliseconds: 20)
        switch dealer.nextEvent() {
        case .refused(let sentence): return sentence
        case .connected: return nil
        default: continue
        }
      }
      Issue.record("neither admitted nor refused within 10 s")
      return nil
    }

    /// Sends these frames as somebody who is admitted; returns the first answer.
    func answer(to frames: [Frame]) throws -> Body? {
      var options = SocketOptions()
      if !keyFlags.isEmpty { options.security = try .connecting(as: "worker", keys: keys) }
      let socket = try RawSocket(ZMQ_DEALER, in: Context())
      try socket.apply(options)
      var generator = SystemRandomNumberGenerator()
      let name = ConnectionName.next(of: .identity(using: &generator))
      try socket.set(ZMQ_ROUTING_ID, bytes: name.bytes)
      try socket.connect(endpoint.description)
      for frame in frames { _ = socket.send([frame.header, frame.payload]) }
      var assembler = MessageAssembler()
      let deadline = Uptime.milliseconds + 10_000
      while Uptime.milliseconds < deadline {
        if let parts = socket.receive(), parts.count == 2 {
          let frame = Frame(header: parts[0], payload: parts[1])
          let message = try assembler.accept(frame, from: 0, atMilliseconds: 0)
          if let message, message.body.type != .probe { return message.body }
        }
        Thread.sleep(forTimeInterval: 0.005)
      }
      return nil
    }

    /// The memory that the coordinator occupies, in bytes.
    func residentBytes() throws -> Int {
      let status = try String(
        contentsOf: URL(filePath: "/proc/\(led.identifier)/status"), encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
      return 1024 * (try #require(Int(line.split(separator: " ")[1])))
    }

    func worker(_ more: [String]) throws -> LivingProcess {
      try LivingProcess(
        [
          "worker", "--coordinator", endpoint.description, "--data", "data", "--threads", "1",
        ] + more, in: folder)
    }
  }

  @Test(arguments: [true, false])
  func trainingGoesOn(encrypted: Bool) throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder, encrypted: encrypted)
      try Self.refuseKeys(scene, encrypted: encrypted)
      try Self.refuseMessages(scene)
      try Self.refuseBytes(scene)
      try Self.knockTenThousandTimes(scene)

      // They do not stop while the run is on.
      let isOver = Atomic(false)
      let port = scene.port
      let knocking = Thread {
        while !isOver.load(ordering: .relaxed) {
          _ = Stranger.knock(20, port: port)
          Thread.sleep(forTimeInterval: 0.02)
        }
      }
      knocking.start()
      let worker = try scene.worker(scene.keyFlags)
      #expect(scene.led.end() == 0, "\(scene.led.errors)")
      isOver.store(true, ordering: .relaxed)
      #expect(worker.end() == 0, "\(worker.errors)")
      let alone = try CommandLineTool.run(["train", "--out", "alone"] + Self.options, in: folder)
      let checksum = try RawRows.object(alone.output)["checksum"] as? String
      #expect(checksum != nil)
      #expect(try RawRows.object(scene.led.output)["checksum"] as? String == checksum)
      let lines = scene.led.errors.split(separator: "\n").count
      #expect(lines < 150, "the log is flooded:\n\(scene.led.errors)")
    }
  }

  private static func refuseKeys(_ scene: Scene, encrypted: Bool) throws {
    let stranger = try KeyPair.generate()
    let coordinator = try scene.keys.publicKey("coordinator")
    let worker = try scene.keys.pair("worker")
    let cases: [(Security, here: String, there: String)] =
      encrypted
      ? [
        (.plain, "asks for a key", "without a key is refused"),
        (.connecting(worker, to: stranger.publicKey), "is probably not", "expects another key"),
        (.connecting(stranger, to: coordinator), "does not admit", "\(stranger.publicKey)"),
      ] : [(.connecting(worker, to: coordinator), "has no keys", "with a key is refused")]
    for (security, here, there) in cases {
      // Of two sides that do not fit, either may close first; only the other sees why.
      var refusal = try scene.refusal(security)
      for _ in 0..<50 where refusal?.contains(here) != true {
        refusal = try scene.refusal(security)
      }
      #expect(refusal?.contains(here) == true, "\(refusal ?? "admitted")")
      for _ in 0..<50 where !scene.led.errors.contains(there) { _ = try scene.refusal(security) }
      _ = try scene.led.line(with: there)
      #expect(scene.led.errors.split(separator: "\n").count { $0.contains(there) } == 1)
    }
  }

  /// From somebody who has a key, or needs none: another version, other data, an old generation,
  /// bytes without meaning.
  private static func refuseMessages(_ scene: Scene) throws {
    let build = try CommandLineTool.run(["version"]).output.dropFirst("autoloss ".count)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let hello = Message(
      .hello(
        Hello(
          identity: 1 << 127 | 8, build: build, dataHash: "other", vocabularyHash: "other",
          capacity: 1)))
    guard case .refuse(let notice)? = try scene.answer(to: hello.frames()) else {
      Issue.record("a worker with other data was not refused")
      return
    }
    #expect(notice.sentence.contains("the worker's data is other"), "\(notice.sentence)")
    _ = try scene.led.line(with: "the worker's data is other")

    let frame = hello.frames()[0]
    let newer = WireLimits.protocolVersion + 1
    frame.header.store(newer, at: 4)
    guard case .refuse(let other)? = try scene.answer(to: [frame]) else {
      Issue.record("another version of the protocol was not refused")
      return
    }
    #expect(other.sentence.contains("version \(newer)"), "\(other.sentence)")
    _ = try scene.led.line(with: "version \(newer)")

    let kept = try Data(contentsOf: scene.folder.appending(path: "led/job.json"))
    let job =
      try #require(
        try JSONSerialization.jsonObject(with: kept) as? [String: Any])["job"] as? NSNumber
    let old = Message(
      .leaseRequest(Report(capacity: 1, items: [])),
      Envelope(job: try #require(job).uint64Value, generation: 0))
    guard case .reject? = try scene.answer(to: old.frames()) else {
      Issue.record("a message of an old generation was not rejected")
      return
    }

    let noise = Frame(header: Bytes((0..<64).map { $0 }), payload: Bytes(count: 9))
    _ = try scene.answer(to: [noise, hello.frames()[0]])
    _ = try scene.led.line(with: "not of this protocol")
  }

  private static func refuseBytes(_ scene: Scene) throws {
    var generator = SystemRandomNumberGenerator()
    for size in [1, 11, 64, 5000, 100_000] {
      let stranger = try #require(Stranger.connect(port: scene.port))
      stranger.send((0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    for mechanism in ["NULL", "CURVE", "PLAIN"] {
      let stranger = try #require(Stranger.connect(port: scene.port))
      stranger.send(Stranger.oversized(mechanism: mechanism))
      #expect(stranger.isCutOff(), "\(mechanism)")
    }
  }

  private static func knockTenThousandTimes(_ scene: Scene) throws {
    // What the first ones make the process allocate, it keeps for the next.
    #expect(Stranger.knock(10_000, port: scene.port) == 10_000)
    _ = try scene.answer(to: Message(.bye("are you there")).frames() + Self.question)
    let before = try scene.residentBytes()
    let begin = Uptime.milliseconds
    #expect(Stranger.knock(10_000, port: scene.port) == 10_000)
    // An answer shows that all before it were dealt with.
    _ = try scene.answer(to: Self.question)
    let seconds = Double(Uptime.milliseconds - begin) / 1000
    let growth = try scene.residentBytes() - before
    print("strangers: 10000 connections in \(seconds) s, memory grew by \(growth >> 10) KiB")
    #expect(growth < 8 << 20, "memory grew by \(growth) bytes")
  }

  /// A message that is answered at once.
  private static var question: [Frame] {
    Message(
      .hello(
        Hello(
          identity: 1 << 127 | 9, build: "0.0.0", dataHash: "", vocabularyHash: "",
          capacity: 1))
    ).frames()
  }

  @Test func aWorkerThatIsNotAdmittedSaysSoAndEnds() throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder, encrypted: true)
      let other = try CommandLineTool.run(["keys", "generate", "--out", "other"], in: folder)
      #expect(other.exitCode == 0)
      let mixed = folder.appending(path: "mixed")
      try FileManager.default.createDirectory(at: mixed, withIntermediateDirectories: true)
      for (from, file) in [("other", "worker.key"), ("keys", "coordinator.pub")] {
        try FileManager.default.copyItem(
          at: folder.appending(path: "\(from)/\(file)"), to: mixed.appending(path: file))
      }
      let cases: [([String], String)] = [
        ([], "asks for a key"), (["--keys", "other"], "is probably not"),
        (["--keys", "mixed"], "does not admit the key"),
      ]
      let workers = try cases.map { try scene.worker($0.0 + ["--connect-timeout", "3"]) }
      for (worker, (_, words)) in zip(workers, cases) {
        #expect(worker.end() == 77, "\(worker.errors)")
        let error = worker.errors.split(separator: "\n").first { $0.hasPrefix("error: ") }
        #expect(error?.contains("not admitted") == true && error?.contains(words) == true)
      }
      scene.led.send(SIGTERM)
      #expect([69, 75].contains(scene.led.end()))
    }
  }

  /// Strangers who hold every connection that a process may have keep nobody from training, and the
  /// process from nothing that it is told.
  @Test func connectionsThatAreHeldStopNothing() throws {
    try CommandLineTool.withFolder { folder in
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      let led = try LivingProcess(
        [
          "coordinator", "--out", "led", "--listen", "tcp://127.0.0.1:0", "--data", "data",
          "--batch-size", "100", "--loss", "fixed:ce", "--epochs", "100000",
          "--set", "model.hidden=[16,8]", "--set", "train.evaluateEvery=1000000000",
        ], in: folder, through: ["/bin/sh", "-c", "ulimit -n 80; exec \"$@\"", "sh"])
      let line = try led.line(with: "listening on ")
      let endpoint = try Endpoint(String(try #require(line.split(separator: " ").last)))
      guard case .tcp(_, let port) = endpoint else { throw CancellationError() }
      _ = try led.line(with: "80 files")
      let worker = try LivingProcess(
        [
          "worker", "--coordinator", endpoint.description, "--data", "data", "--threads", "1",
        ], in: folder)
      _ = try led.line(with: "progress")
      var held = (0..<150).map { _ in Stranger.connect(port: port) }
      _ = try led.line(with: "no connection can be accepted")
      let before = try Self.lastStep(folder)
      let deadline = Uptime.milliseconds + 30_000
      while try Self.lastStep(folder) < before + 2, Uptime.milliseconds < deadline {
        // The process ends those that do not introduce themselves; others take their places.
        Thread.sleep(forTimeInterval: 0.2)
        held.removeFirst(10)
        held += (0..<10).map { _ in Stranger.connect(port: port) }
      }
      #expect(try Self.lastStep(folder) >= before + 2, "no step was made:\n\(led.errors)")
      // Once it can write its files again, it does what it is told.
      held = []
      let question = ["status", "--coordinator", endpoint.description]
      for _ in 0..<20 where try CommandLineTool.run(question).exitCode != 0 {
        Thread.sleep(forTimeInterval: 0.5)
      }
      led.send(SIGTERM)
      #expect(led.end() == 75, "\(led.errors)")
      #expect(worker.end() == 69 || worker.end() == 75, "\(worker.errors)")
      let told = led.errors.split(separator: "\n").count { $0.contains("no connection can be") }
      #expect(told <= 10, "\(led.errors)")
    }
  }

  /// The last step that a run in the folder has told.
  private static func lastStep(_ folder: URL) throws -> Int {
    let metrics = try String(
      contentsOf: folder.appending(path: "led/metrics.jsonl"), encoding: .utf8)
    let lines = metrics.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let steps = try lines.compactMap { try RawRows.object(String($0))["step"] as? Int }
    return try #require(steps.last)
  }
}
