import Cluster
import Kernels
import Messages
import Optimization
import Transport

/// What servers have captured at one version, fetched piece by piece while steps go on.
///
/// Belongs to the thread that drives the run. Which pieces are asked for, and when again, is
/// decided by `CaptureFetch`; rows go on to the thread that writes them and never into the store.
final class FleetCapture {
  /// The version that the servers were told to capture.
  let version: Int
  /// What has come, for who writes it.
  let fetched: FetchedCapture
  /// Whether somebody writes it.
  var isTaken = false
  /// Whether the servers were told to forget it.
  var isReleased = false
  private let store: ParameterStore
  private let shares: [RowShare]
  private var fetch: CaptureFetch
  private var requests: [UInt64: CaptureFetch.Piece] = [:]

  /// A capture of the present version of `store`, whose rows are owned by shares; `waker` wakes
  /// the thread that drives the run when there is room for more chunks of about `chunkBytes`.
  init(of store: ParameterStore, shares: [RowShare], waker: Waker, chunkBytes: Int = 2 << 20) {
    version = store.version
    self.store = store
    self.shares = shares
    fetched = FetchedCapture(store, ahead: CaptureFetch.chunksAtOnce, chunkBytes: chunkBytes) {
      waker.wake()
    }
    fetch = CaptureFetch(
      chunks: fetched.chunks, servers: shares.count, at: Uptime.milliseconds)
  }

  /// Whether nothing more is wanted of the servers.
  var isDone: Bool { fetch.isComplete || fetched.isClosed }

  /// The pieces to ask for now.
  func due(hasCaptured: (_ seat: Int) -> Bool) -> [CaptureFetch.Piece] {
    fetch.ask(used: fetched.usedChunks, at: Uptime.milliseconds, hasCaptured: hasCaptured)
  }

  /// The question for a piece, which is known by the number `request` from now on.
  func question(for piece: CaptureFetch.Piece, request: UInt64) -> Fetch {
    requests[request] = piece
    let range = places(of: piece)
    return Fetch(
      first: UInt64(range.lowerBound), count: UInt32(range.count), withDense: piece.chunk == 0,
      ofCapture: true)
  }

  /// The piece that was asked for by this number.
  func piece(_ request: UInt64) -> CaptureFetch.Piece? { requests[request] }

  /// Takes the answer to a question; throws when it does not fit.
  func receive(_ contents: Contents, request: UInt64, from server: PeerIdentity) throws {
    guard let piece = requests.removeValue(forKey: request) else { return }
    let part = SeatContents(store: store, seat: piece.seat, servers: shares.count)
    let range = places(of: piece)
    guard part.fits(contents, rows: range.count, withDense: piece.chunk == 0) else {
      throw SeatContents.misfit(of: server)
    }
    // A piece that was asked for twice may come twice.
    guard fetch.receive(piece, at: Uptime.milliseconds) else { return }
    let rows = Floats(unfilled: contents.count(.rows))
    contents.copy(.rows, into: rows)
    fetched.put(
      rows, of: shares[piece.seat].ids.slice(range.lowerBound, range.count), chunk: piece.chunk)
    if piece.chunk == 0 { part.copyDense(contents, to: fetched.values) }
    fetched.hand(fetch.wholeChunks)
  }

  /// The seat of a server that lets the capture wait for too long; nil when none does.
  var lateSeat: Int? { fetch.lateSeat(at: Uptime.milliseconds) }

  /// Where the rows of a piece lie among those of their server.
  private func places(of piece: CaptureFetch.Piece) -> Range<Int> {
    let rows = fetched.rows(of: piece.chunk)
    let share = shares[piece.seat]
    return share.place(from: rows.lowerBound)..<share.place(from: rows.upperBound)
  }
}
