import CLZ4
import Kernels
import Synchronization

/// Blocks kept in a file, compressed, because standard input can be read only once and two passes
/// are needed. Threads store blocks in any order.
final class Spool: Sendable {
  private struct Entry {
    var offset = 0
    var storedByteCount = 0
    var byteCount = 0
    var firstLine = 0
    var head = FileHead()
  }

  private struct State {
    var entries: [Entry] = []
    var end = 0
  }

  private let file: PosixFile
  private let state = Mutex(State())

  /// Creates the file.
  init(path: String) throws(DataError) { file = try PosixFile(creating: path) }

  /// Room that `store` needs to compress a block of this size.
  static func workspace(capacity: Int) -> View<UInt8> {
    View(count: Int(LZ4_compressBound(Int32(capacity))))
  }

  /// Stores a block.
  func store(_ block: LineBlock, workspace: View<UInt8>) throws(DataError) {
    let stored = unsafe Int(
      LZ4_compress_default(
        UnsafePointer(block.memory.pointer).chars, workspace.pointer.chars,
        Int32(block.byteCount), Int32(workspace.count)))
    precondition(stored > 0, "the workspace of a spool is too small")
    let offset = state.withLock { state in
      while state.entries.count <= block.index { state.entries.append(Entry()) }
      state.entries[block.index] = Entry(
        offset: state.end, storedByteCount: stored, byteCount: block.byteCount,
        firstLine: block.firstLine, head: block.head)
      defer { state.end += stored }
      return state.end
    }
    try unsafe file.write(
      UnsafeRawBufferPointer(start: workspace.pointer, count: stored), at: offset)
  }

  /// Reads the blocks back in their order; all must be stored.
  func reader() -> Reader { Reader(self) }

  /// A second reading of the blocks.
  @safe final class Reader: BlockSource {
    private let spool: Spool
    private var index = 0
    private var buffer = View<UInt8>(count: 1)
    private(set) var consumedByteCount = 0

    fileprivate init(_ spool: Spool) { self.spool = spool }

    func next(into block: LineBlock) throws(DataError) -> Bool {
      let entry = spool.state.withLock { index < $0.entries.count ? $0.entries[index] : nil }
      guard let entry else { return false }
      if buffer.count < entry.storedByteCount { buffer = View(count: entry.storedByteCount) }
      let count = try unsafe spool.file.read(
        into: UnsafeMutableRawBufferPointer(start: buffer.pointer, count: entry.storedByteCount),
        at: entry.offset)
      let restored = unsafe LZ4_decompress_safe(
        UnsafePointer(buffer.pointer).chars, block.memory.pointer.chars, Int32(count),
        Int32(block.memory.count))
      guard Int(restored) == entry.byteCount else {
        throw DataError(
          .corrupt, "read spooled input", at: spool.file.path, "block \(index) is damaged",
          remedy: "check the disk and run again")
      }
      (block.index, block.head) = (index, entry.head)
      (block.firstLine, block.byteCount) = (entry.firstLine, entry.byteCount)
      consumedByteCount += entry.byteCount
      index += 1
      return true
    }
  }
}
