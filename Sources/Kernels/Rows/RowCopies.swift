import Synchronization

/// Copies of single rows, in blocks that several threads fill at a time.
///
/// Blocks are made as they are needed; a few are kept from one use to the next, the rest of the
/// memory is given back.
final class RowCopies: Sendable {
  /// A block that one thread fills.
  struct Block {
    /// Which of the blocks it is, its memory, and how many of its rows are used.
    let number: Int
    let rows: Floats
    let stride: Int
    var used: Int

    /// Where the next copy goes.
    @unsafe var next: UnsafeMutablePointer<Float> { unsafe rows.pointer + used * stride }
    /// The number of the next copy among all.
    var place: Int { number * RowCopies.rowsOfBlock + used }
    var isFull: Bool { used == RowCopies.rowsOfBlock }
  }

  private struct Pool {
    var blocks: [Floats] = []
    var unfinished: [Block] = []
    /// Blocks of the present use, and the rows used in those that were given back.
    var inUse = 0
    var used = 0
  }

  /// Rows of a block: at 256 bytes a row 512 KB, so that few pages are touched before their time.
  static let rowsOfBlock = 2048
  /// Blocks kept from one use to the next.
  private static let reserve = 32

  private let stride: Int
  private let pool = Mutex(Pool())

  init(stride: Int) { self.stride = stride }

  /// How many rows are copied, those in blocks that are being filled left out.
  var used: Int { pool.withLock { $0.used } }

  /// A block with room; its rows count once it is given back.
  func block() -> Block {
    pool.withLock { pool in
      if let block = pool.unfinished.popLast() {
        pool.used -= block.used
        return block
      }
      if pool.inUse == pool.blocks.count {
        pool.blocks.append(Floats(count: Self.rowsOfBlock * stride))
      }
      pool.inUse += 1
      return Block(
        number: pool.inUse - 1, rows: pool.blocks[pool.inUse - 1], stride: stride, used: 0)
    }
  }

  /// Takes a block back that is full or not needed further for now.
  func giveBack(_ block: Block) {
    pool.withLock { pool in
      pool.used += block.used
      if !block.isFull { pool.unfinished.append(block) }
    }
  }

  /// Copies the row of this number.
  func copy(_ place: Int, into target: Floats) {
    let block = pool.withLock { $0.blocks[place / Self.rowsOfBlock] }
    target.copy(from: block.slice(place % Self.rowsOfBlock * stride, stride))
  }

  /// Forgets all copies.
  func empty() {
    pool.withLock { pool in
      pool.blocks.removeLast(max(0, pool.blocks.count - Self.reserve))
      pool.unfinished.removeAll(keepingCapacity: true)
      (pool.inUse, pool.used) = (0, 0)
    }
  }
}
