import Foundation
import Kernels
import Messages
import Synchronization
import Transport

@testable import Cluster
@testable import Training

/// A coordinator that is two sockets and nothing else, and says what a test lets it say.
///
/// Belongs to the thread that made it.
final class RawCoordinator {
  static let job: UInt64 = 7
  static let generation: UInt32 = 3
  let control: Router
  let data: Router
  let endpoint: Endpoint
  let dataEndpoint: Endpoint
  private let poller: Poller

  init() throws {
    let context = try Context()
    control = try Router(in: context)
    data = try Router(in: context)
    endpoint = try control.bind(Endpoint("tcp://127.0.0.1:0"))
    dataEndpoint = try data.bind(Endpoint("tcp://127.0.0.1:0"))
    poller = Poller([control, data])
  }

  /// An envelope of this run.
  static func envelope(
    generation: UInt32 = generation, step: UInt64 = 0, slice: UInt16 = 0, sliceCount: UInt16 = 0
  ) -> Envelope {
    Envelope(
      job: job, generation: generation, step: step, slice: slice, sliceCount: sliceCount)
  }

  /// Who sends the next such message to the control socket; nil after 20 s.
  func sender(_ isMeant: (Message) -> Bool) -> PeerIdentity? {
    let deadline = Uptime.milliseconds + 20_000
    while Uptime.milliseconds < deadline {
      poller.wait(atMostMilliseconds: 20)
      while data.nextEvent() != nil {}
      while let event = control.nextEvent() {
        if case .message(let message, let sender) = event, isMeant(message) { return sender }
      }
    }
    return nil
  }

  /// Sends on one of the sockets as soon as the peer is there; false after 20 s.
  func say(_ message: Message, on socket: Router, to peer: PeerIdentity) -> Bool {
    let deadline = Uptime.milliseconds + 20_000
    while Uptime.milliseconds < deadline {
      if socket.send(message, to: peer) == .accepted { return true }
      poller.wait(atMostMilliseconds: 20)
      // A peer is known when its first word has been read.
      while data.nextEvent() != nil {}
    }
    return false
  }
}

/// The edge of a worker or server in a thread of its own.
final class EdgeThread: Sendable {
  private let told = Mutex<[String]>([])
  private let result = Mutex<Result<WorkerEnd, any Error>?>(nil)

  /// Runs `body`, which makes the edge and calls what it is given for each notice.
  init(_ body: @escaping @Sendable (@escaping @Sendable (String) -> Void) throws -> WorkerEnd) {
    Thread { [self] in
      let end = Result { try body { text in self.told.withLock { $0.append(text) } } }
      result.withLock { $0 = end }
    }.start()
  }

  var notices: [String] { told.withLock { $0 } }

  /// How the edge ended; nil when it has not after 20 s.
  func end() -> Result<WorkerEnd, any Error>? {
    for _ in 0..<2000 {
      if let end = result.withLock({ $0 }) { return end }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return nil
  }
}
