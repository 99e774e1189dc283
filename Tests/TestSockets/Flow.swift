/// Bytes on their way from one socket to another: late, slow, held up, as the link's faults say.
struct Flow {
  private struct Piece {
    var bytes: ArraySlice<UInt8>
    var dueAt: UInt64
  }

  let source: TCPSocket
  let target: TCPSocket
  let direction: Direction
  private var pieces: [Piece] = []
  private var waiting = 0
  /// The source will send nothing more.
  private(set) var hasEnded = false
  /// The target has been told so.
  private(set) var isDone = false
  private var allowance = 0.0
  private var allowedAt: UInt64

  /// A link of limited rate holds little, as a router does; any other holds what is on its way.
  private static let roomWhenSlow = 64 << 10
  private static let room = 64 << 20

  init(_ direction: Direction, from source: TCPSocket, to target: TCPSocket, at now: UInt64) {
    (self.direction, self.source, self.target) = (direction, source, target)
    allowedAt = now
  }

  /// Whether more is to be read.
  func reads(_ faults: LinkFaults) -> Bool {
    let room = faults.bytesPerSecond == nil ? Self.room : Self.roomWhenSlow
    return !hasEnded && !faults.frozen.contains(direction) && waiting < room
  }

  /// When something is to be written next; nil when there is nothing.
  func writesAt(_ faults: LinkFaults) -> UInt64? {
    if isDone || faults.frozen.contains(direction) { return nil }
    if pieces.isEmpty { return hasEnded ? 0 : nil }
    return faults.bytesPerSecond == nil ? pieces[0].dueAt : max(pieces[0].dueAt, allowedAt + 5)
  }

  /// Reads what is there, lets `change` have it, and queues it; false when the connection broke or
  /// `change` says that it is to break.
  mutating func read(
    _ faults: LinkFaults, at now: UInt64, change: (inout [UInt8]) -> Bool
  ) -> Bool {
    switch source.read(atMost: 64 << 10) {
    case .bytes(var bytes):
      guard change(&bytes) else { return false }
      waiting += bytes.count
      pieces.append(
        Piece(bytes: bytes[...], dueAt: now + UInt64(faults.delayMilliseconds)))
    case .end: hasEnded = true
    case .nothing: break
    case .broken: return false
    }
    return true
  }

  /// Writes what is due; false when the connection broke.
  mutating func write(_ faults: LinkFaults, at now: UInt64) -> Bool {
    if let rate = faults.bytesPerSecond {
      // Never more than a tenth of a second's worth at once.
      let most = Double(rate) / 10
      allowance = min(most, allowance + Double(rate) * Double(now - allowedAt) / 1000)
    }
    allowedAt = now
    while let piece = pieces.first, piece.dueAt <= now {
      let limit = faults.bytesPerSecond == nil ? piece.bytes.count : Int(allowance)
      guard limit > 0 else { return true }
      let written = target.send(piece.bytes.prefix(limit))
      guard written > 0 else { return TCPSocket.wouldWait }
      allowance -= Double(written)
      waiting -= written
      if written == piece.bytes.count {
        pieces.removeFirst()
      } else {
        pieces[0].bytes = piece.bytes.dropFirst(written)
        if faults.bytesPerSecond != nil { return true }
      }
    }
    if pieces.isEmpty, hasEnded, !isDone {
      target.endSending()
      isDone = true
    }
    return true
  }
}
