import CZeroMQ
import Foundation
import Synchronization

/// Answers, on a thread of its own, which keys may connect to the sockets of a context.
///
/// The library asks at each handshake and lets nobody in before the answer. The thread ends with
/// the context.
final class Admission: Sendable {
  let allowList: AllowList
  private let waker = Waker()
  private let state = Mutex(State())
  private let started = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  private struct State {
    var isStopping = false
    var failure: TransportError?
    var refusals: [String] = []
  }

  /// Starts to answer; before any socket of the context listens.
  init(_ context: UnsafeMutableRawPointer, _ allowList: AllowList) throws(TransportError) {
    self.allowList = allowList
    // The context waits for this thread before it ends.
    nonisolated(unsafe) let context = unsafe context
    let thread = Thread { [self] in
      unsafe answer(in: context)
      ended.signal()
    }
    thread.name = "admission"
    thread.start()
    started.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Ends the thread and waits for its end.
  func stop() {
    state.withLock { $0.isStopping = true }
    waker.wake()
    ended.wait()
  }

  /// What is to be told of the refusal that has waited longest; nil when all were told.
  func takeRefusal() -> String? {
    state.withLock { $0.refusals.isEmpty ? nil : $0.refusals.removeFirst() }
  }

  private func answer(in context: UnsafeMutableRawPointer) {
    let gate: Gate
    do throws(TransportError) {
      gate = try unsafe Gate(in: context)
    } catch {
      state.withLock { $0.failure = error }
      started.signal()
      return
    }
    started.signal()
    let poller = Poller([gate], waker: waker)
    while !state.withLock({ $0.isStopping }) {
      poller.wait(atMostMilliseconds: 1000)
      while let parts = gate.socket.receive() {
        let name = decide(AdmissionRequest(parts))
        // Whoever asked may be gone; then the answer is dropped.
        _ = gate.socket.send(AdmissionRequest.answer(parts, admittedAs: name))
      }
    }
    gate.socket.close(lingerMilliseconds: 0)
  }

  private func decide(_ request: AdmissionRequest?) -> String? {
    guard let request else { return nil }
    guard let key = request.key else { return allowList.admitsPlain ? "anybody" : nil }
    if let name = allowList.name(of: key, atMilliseconds: Uptime.milliseconds) {
      return name
    }
    let problem = allowList.takeProblem().map { " (\($0))" } ?? ""
    let sentence =
      "a connection from \(request.address) is refused: its key \(key.fingerprint) is not "
      + "in \(allowList.place); to admit it copy its .pub file there, without a restart\(problem)"
    // Nobody may have time to tell them: a few are enough to see what is going on.
    state.withLock { if $0.refusals.count < 64 { $0.refusals.append(sentence) } }
    return nil
  }

  /// The socket at which the library asks.
  private final class Gate: Pollable {
    let socket: RawSocket

    init(in context: UnsafeMutableRawPointer) throws(TransportError) {
      socket = try unsafe RawSocket(ZMQ_REP, at: context)
      try socket.set(ZMQ_LINGER, 0)
      _ = try socket.bind("inproc://zeromq.zap.01")
    }

    func prepareToWait() -> PollNeeds {
      var needs = PollNeeds()
      needs.add(socket)
      return needs
    }
  }
}
