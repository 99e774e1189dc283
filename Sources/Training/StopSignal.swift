import Dispatch
import Glibc
import Synchronization

/// Remembers that the process was asked to stop, by SIGTERM, SIGINT or SIGUSR1.
///
/// A second SIGINT ends the process at once, as a terminal's user expects.
public final class StopSignal: @unchecked Sendable {
  // Unchecked: the sources are set once, before any other thread sees the object.
  private let requested = Atomic<Bool>(false)
  private let sources: [any DispatchSourceSignal]

  /// True once a signal has arrived or `request` was called.
  public var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Listens for the signals while this object lives.
  public init(listening: Bool = true) {
    let numbers = listening ? [SIGTERM, SIGINT, SIGUSR1] : []
    let queue = DispatchQueue(label: "autoloss.signals")
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, numbers) {
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
    }
  }

  /// Asks for the same by hand.
  func request() { requested.store(true, ordering: .relaxed) }

  private func receive(_ number: Int32) {
    if number == SIGINT && isRequested { _exit(130) }
    request()
  }

  deinit { for source in sources { source.cancel() } }
}

/// The run was asked to stop while a step was waiting for its slices; nothing of it is applied.
struct StopRequested: Error {}
