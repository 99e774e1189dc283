import Glibc
import Kernels

/// What a file begins with.
struct FileHead: Sendable, Equatable {
  /// The path, or "standard input".
  var name = ""
  /// The first line without its end.
  var line: [UInt8] = []
}

/// Whole lines of an input file, about one megabyte of them, in reused memory.
@safe final class LineBlock {
  /// Room after the last byte that may be read (and ignored) by wide loads.
  static let padding = 64

  let memory: View<UInt8>
  /// Place in the sequence of all blocks of all files.
  var index = 0
  /// The number of the first line in its file, from 1.
  var firstLine = 1
  /// How many bytes are filled; the last is a line feed.
  var byteCount = 0
  /// The beginning of the file.
  var head = FileHead()

  /// Reserves memory for blocks of this many bytes.
  init(capacity: Int) { memory = View(count: capacity + Self.padding) }

  var capacity: Int { memory.count - Self.padding }
}

/// Cuts the inputs into blocks of whole lines. Blocks are the same for any number of threads that
/// ask for them: they depend on the bytes alone.
///
/// Not thread-safe; `BlockQueue` is.
@safe final class BlockReader {
  private let paths: [String]
  private let maximumLines: Int
  private var head = FileHead()
  private var stream: ByteStream?
  private var nextFile = 0
  private var nextIndex = 0
  private var nextLine = 1
  /// The beginning of a line that the last block had no room for.
  private var carry: [UInt8] = []
  private var finishedByteCount = 0

  /// Reads the files in this order, "-" is standard input; a block has at most so many lines.
  init(paths: [String], maximumLines: Int = .max) {
    self.paths = paths
    self.maximumLines = maximumLines
  }

  /// Bytes taken from the files so far, before decompression.
  var consumedByteCount: Int { finishedByteCount + (stream?.consumedByteCount ?? 0) }

  /// Fills the block; false when there is nothing left.
  func next(into block: LineBlock) throws(DataError) -> Bool {
    while true {
      if stream == nil {
        guard nextFile < paths.count else { return false }
        stream = try ByteStream(path: paths[nextFile])
        nextFile += 1
        nextLine = 1
      }
      guard let stream else { return false }
      if try fill(block, from: stream) { return true }
      finishedByteCount += stream.consumedByteCount
      self.stream = nil
    }
  }

  private func fill(_ block: LineBlock, from stream: ByteStream) throws(DataError) -> Bool {
    let base = unsafe block.memory.pointer
    unsafe carry.withUnsafeBufferPointer {
      unsafe base.update(from: $0.baseAddress ?? .init(base), count: $0.count)
    }
    let start = carry.count
    carry.removeAll(keepingCapacity: true)
    let count =
      unsafe try start
      + stream.read(
        into: UnsafeMutableRawBufferPointer(start: base + start, count: block.capacity - start))
    guard count > 0 else { return false }
    let filled = try wholeLines(block, count, of: stream)
    var lines = unsafe lineFeeds(base, filled.used)
    block.byteCount = filled.used
    if lines > maximumLines {
      lines = maximumLines
      block.byteCount = unsafe endOfLine(maximumLines, base)
    }
    unsafe carry.append(
      contentsOf: UnsafeBufferPointer(
        start: base + block.byteCount, count: filled.all - block.byteCount))
    if nextLine == 1 { head = FileHead(name: stream.name, line: unsafe firstLine(base)) }
    block.head = head
    block.index = nextIndex
    block.firstLine = nextLine
    nextIndex += 1
    nextLine += lines
    return true
  }

  /// How many of the `count` bytes of a block are whole lines, and how many bytes there are, with
  /// the line feed that the last line of a file may lack.
  private func wholeLines(
    _ block: LineBlock, _ count: Int, of stream: ByteStream
  ) throws(DataError) -> (used: Int, all: Int) {
    if count < block.capacity {
      guard block.memory[count - 1] != UInt8(ascii: "\n") else { return (count, count) }
      block.memory[count] = UInt8(ascii: "\n")
      return (count + 1, count + 1)
    }
    var length = count
    while length > 0, block.memory[length - 1] != UInt8(ascii: "\n") { length -= 1 }
    guard length > 0 else {
      throw DataError(
        .malformed, "read rows", at: "\(stream.name):\(nextLine)",
        "the line is longer than \(block.capacity) bytes",
        remedy: "check that the file is text with one row a line")
    }
    return (length, count)
  }

  /// The place behind the line feed of the n-th line.
  private func endOfLine(_ number: Int, _ base: UnsafePointer<UInt8>) -> Int {
    var place = 0
    for _ in 0..<number { place = unsafe lineEnd(base, place) + 1 }
    return place
  }

  private func firstLine(_ base: UnsafePointer<UInt8>) -> [UInt8] {
    let end = unsafe lineEnd(base, 0)
    let line = unsafe Array(UnsafeBufferPointer(start: base, count: end))
    return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}

/// How many line feeds there are, eight bytes at a time.
func lineFeeds(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  var others = 0
  var place = 0
  while place + 8 <= count {
    let word = unsafe UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self)
    let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
    // The high bit of each byte is set where the difference is not zero.
    others += ((((difference & low) &+ low) | difference) & ~low).nonzeroBitCount
    place += 8
  }
  var total = place - others
  while place < count {
    if unsafe bytes[place] == UInt8(ascii: "\n") { total += 1 }
    place += 1
  }
  return total
}
