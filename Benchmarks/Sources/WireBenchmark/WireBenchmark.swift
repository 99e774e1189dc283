import ArgumentParser
import Foundation
import Kernels
import Messages
import Synchronization
import Transport

/// Bytes per second through real sockets on loopback, plain and encrypted in turns.
@main
struct WireBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wire-benchmark",
    abstract: "Time frames of 256 KB from a dealer to a router, without keys and with.",
    discussion: """
      Both sides are threads of this process with contexts of their own; a frame is built, \
      checksummed, sent, received, checked and decoded as in a run. Turns alternate; figures are \
      medians over the turns.

      EXAMPLE: more turns, and two connections at a time
        wire-benchmark --rounds 9
        wire-benchmark --streams 2
      """)

  @Option(help: "Turns of each kind.") var rounds = 7
  @Option(help: "Messages of one turn and connection.") var messages = 2000
  @Option(help: "Connections at the same time.") var streams = 1
  @Option(help: "Threads of the library on each side.") var ioThreads = 2

  func run() throws {
    let server = try KeyPair.generate()
    let member = try KeyPair.generate()
    let kinds: [(name: String, listening: Security, connecting: Security)] = [
      ("plain", .plain, .plain),
      ("keys", .listening(server), .connecting(member, to: server.publicKey)),
    ]
    var rates: [[Double]] = [[], []]
    // The first turn of each warms up.
    for round in 0...rounds {
      for (index, kind) in kinds.enumerated() {
        let rate = try turn(kind.listening, kind.connecting, admitted: member.publicKey)
        if round > 0 { rates[index].append(rate) }
      }
    }
    let medians = rates.map { $0.sorted()[$0.count / 2] }
    for (kind, (rates, median)) in zip(kinds, zip(rates, medians)) {
      let (least, most) = (rates.min() ?? 0, rates.max() ?? 0)
      print("\(kind.name): \(text(median)) MB/s (\(text(least)) to \(text(most)))")
    }
    print("plain is \(text(medians[0] / medians[1])) times as fast as keys")
  }

  /// Megabytes per second of one turn.
  private func turn(
    _ listening: Security, _ connecting: Security, admitted: PublicKey
  ) throws -> Double {
    let context = try Context(ioThreads: ioThreads, admitting: AllowList([admitted]))
    var options = SocketOptions()
    options.security = listening
    let router = try Router(in: context, options: options)
    let endpoint = try router.bind(Endpoint("tcp://127.0.0.1:0"))
    options.security = connecting
    let isOver = Atomic(false)
    for stream in 0..<streams {
      let options = options
      let thread = Thread { [messages, ioThreads] in
        do {
          let sender = try Sender(
            number: stream, to: endpoint, options: options, ioThreads: ioThreads)
          sender.run(messages: messages) { isOver.load(ordering: .relaxed) }
        } catch { print("error: \(error)") }
      }
      thread.start()
    }
    defer { isOver.store(true, ordering: .relaxed) }
    let poller = Poller([router])
    var (count, begin, bytes) = (0, ContinuousClock.now, 0)
    while count < messages * streams {
      poller.wait(atMostMilliseconds: 1000)
      while let event = router.nextEvent() {
        guard case .message(let message, _) = event, case .push(let push) = message.body else {
          continue
        }
        if count == 0 { begin = .now } else { bytes += 4 * push.count(.denseGradient) }
        count += 1
      }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    router.close()
    return Double(bytes) / seconds / 1e6
  }

  private func text(_ value: Double) -> String {
    value.formatted(.number.precision(.fractionLength(value < 100 ? 2 : 0)).grouping(.never))
  }
}

/// One connection that sends as fast as it is let.
private struct Sender {
  let dealer: Dealer

  init(number: Int, to endpoint: Endpoint, options: SocketOptions, ioThreads: Int) throws {
    var options = options
    options.queueBytes = 8 << 20
    let identity = PeerIdentity(1) << 127 | PeerIdentity(number)
    dealer = try Dealer(in: Context(ioThreads: ioThreads), identity: identity, options: options)
    try dealer.connect(endpoint)
  }

  func run(messages: Int, isOver: () -> Bool) {
    let none = Floats(count: 0)
    let push = Push(
      idChecksum: 0, idCount: 0, delivery: Delivery(version: 0, controllerVersion: 0, sums: []),
      rowGradients: none, denseGradient: Floats((0..<65_000).map(Float.init)),
      batchStatistics: none)
    let poller = Poller([dealer])
    var sent = 0
    while !isOver() {
      while dealer.nextEvent() != nil {}
      while sent < messages, dealer.send(Message(.push(push))) == .accepted { sent += 1 }
      poller.wait(atMostMilliseconds: 20)
    }
    dealer.close()
  }
}
