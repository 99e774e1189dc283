/// Which pieces of a capture are to be asked for, and when again, without socket or clock.
///
/// The rows of the table are cut into chunks, and what one server owns of a chunk is a piece. A few
/// chunks are under way at a time: asked for, or here and not used yet. So memory is bounded, and a
/// slow disk slows down the servers' answers instead of filling the coordinator.
public struct CaptureFetch: Sendable {
  /// What one server owns of one chunk.
  public struct Piece: Hashable, Sendable {
    /// Which chunk, from 0.
    public var chunk: Int
    /// The server's seat.
    public var seat: Int

    /// Names both.
    public init(chunk: Int, seat: Int) { (self.chunk, self.seat) = (chunk, seat) }
  }

  /// So many chunks are under way at a time. A server keeps as many pieces that it has sent, for it
  /// may be asked again.
  public static let chunksAtOnce = 4

  /// What is known of the way from one server.
  private struct Line {
    /// When a piece came over it last.
    var heardAt: Milliseconds
    /// How long it may be silent before its pieces are asked for again.
    var pause: Milliseconds
  }

  private let chunks: Int
  private let servers: Int
  private let resendMilliseconds: Milliseconds
  private let patienceMilliseconds: Milliseconds
  private var lines: [Line]
  /// When each piece was asked for that has not come.
  private var asked: [Piece: Milliseconds] = [:]
  /// Pieces that have come, of chunks that are not whole.
  private var arrived: Set<Piece> = []
  private var used = 0
  private var now: Milliseconds
  /// When something came, or room was made, last.
  private var movedAt: Milliseconds
  /// So many of the first chunks are here with all their pieces.
  public private(set) var wholeChunks = 0

  /// Nothing of so many chunks has come from so many servers.
  public init(
    chunks: Int, servers: Int, resendMilliseconds: Milliseconds = 5000,
    patienceMilliseconds: Milliseconds = 120_000, at time: Milliseconds
  ) {
    precondition(chunks > 0 && servers > 0, "a capture has at least one piece")
    (self.chunks, self.servers) = (chunks, servers)
    self.resendMilliseconds = resendMilliseconds
    self.patienceMilliseconds = patienceMilliseconds
    lines = Array(repeating: Line(heardAt: time, pause: resendMilliseconds), count: servers)
    (now, movedAt) = (time, time)
  }

  /// Whether everything has come.
  public var isComplete: Bool { wholeChunks == chunks }

  /// The pieces to ask for now, in order: those of the chunks that there is room for after `used`
  /// of them, of servers that have captured. A piece is asked for again when its server is silent,
  /// less and less often: over a slow link an answer may only be late.
  public mutating func ask(
    used: Int, at time: Milliseconds, hasCaptured: (_ seat: Int) -> Bool
  ) -> [Piece] {
    advance(to: time)
    if used > self.used { (self.used, movedAt) = (used, now) }
    var pieces: [Piece] = []
    var silent: Set<Int> = []
    for chunk in wholeChunks..<end {
      for seat in 0..<servers where hasCaptured(seat) {
        let piece = Piece(chunk: chunk, seat: seat)
        guard !arrived.contains(piece) else { continue }
        if let time = asked[piece] {
          guard now >= max(time, lines[seat].heardAt) + lines[seat].pause else { continue }
          silent.insert(seat)
        }
        asked[piece] = now
        pieces.append(piece)
      }
    }
    for seat in silent {
      lines[seat].pause = min(2 * lines[seat].pause, 4 * resendMilliseconds)
    }
    return pieces
  }

  /// Takes note of a piece; false when it was not asked for or has come before.
  public mutating func receive(_ piece: Piece, at time: Milliseconds) -> Bool {
    advance(to: time)
    guard asked.removeValue(forKey: piece) != nil else { return false }
    movedAt = now
    lines[piece.seat] = Line(heardAt: now, pause: resendMilliseconds)
    arrived.insert(piece)
    while wholeChunks < chunks,
      (0..<servers).allSatisfy({ arrived.contains(Piece(chunk: wholeChunks, seat: $0)) })
    {
      for seat in 0..<servers { arrived.remove(Piece(chunk: wholeChunks, seat: seat)) }
      wholeChunks += 1
    }
    return true
  }

  /// A seat that has let the capture wait for too long; nil as long as none has.
  public func lateSeat(at time: Milliseconds) -> Int? {
    guard wholeChunks < end, time >= movedAt + patienceMilliseconds else { return nil }
    return (0..<servers).first { !arrived.contains(Piece(chunk: wholeChunks, seat: $0)) }
  }

  /// The first chunk that there is no room for.
  private var end: Int { min(chunks, max(used + Self.chunksAtOnce, wholeChunks)) }

  /// Moves the clock; when the coordinator itself was away, nobody else is to blame.
  private mutating func advance(to time: Milliseconds) {
    guard time > now else { return }
    if time - now > 1000 { movedAt += time - now }
    now = time
  }
}
