import CZlib
import Glibc
import Kernels

/// The bytes of an input file from first to last: plain, or gzip (told by its first two bytes).
///
/// Used by one thread at a time.
@safe final class ByteStream {
  /// The path, or "standard input".
  let name: String
  /// Bytes taken from the file so far, before decompression.
  private(set) var consumedByteCount = 0

  private let file: PosixFile
  private let input = View<UInt8>(count: 1 << 18)
  private var inputStart = 0
  private var inputEnd = 0
  private var atEnd = false
  private let inflater: Inflater?

  /// Opens a file, or standard input for "-".
  init(path: String) throws(DataError) {
    if path == "-" {
      name = "standard input"
      file = PosixFile(path: name, descriptor: dup(STDIN_FILENO))
    } else {
      name = path
      file = try PosixFile(reading: path)
    }
    inputEnd = unsafe try file.read(
      into: UnsafeMutableRawBufferPointer(start: input.pointer, count: input.count))
    atEnd = inputEnd < input.count
    let isGzip = inputEnd >= 2 && input[0] == 0x1F && input[1] == 0x8B
    inflater = isGzip ? Inflater() : nil
    consumedByteCount = inputEnd
  }

  /// Fills `target`; returns how many bytes were written, fewer only at the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    try inflater == nil ? unsafe readPlain(target) : unsafe readGzip(target)
  }

  private func readPlain(_ target: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let buffered = min(inputEnd - inputStart, target.count)
    if buffered > 0 {
      unsafe target.baseAddress?.copyMemory(
        from: input.pointer + inputStart, byteCount: buffered)
      inputStart += buffered
    }
    guard buffered < target.count, !atEnd else { return buffered }
    let count = unsafe try file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: target[buffered...]))
    consumedByteCount += count
    return buffered + count
  }

  private func readGzip(_ target: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard let inflater else { return 0 }
    var done = 0
    while done < target.count {
      if inputStart == inputEnd && !atEnd { try refill() }
      if inputStart == inputEnd {
        guard inflater.isBetweenMembers else {
          throw corrupt("the gzip stream ends before its end mark")
        }
        break
      }
      let step = unsafe inflater.step(
        input.pointer + inputStart, inputEnd - inputStart,
        UnsafeMutableRawBufferPointer(rebasing: target[done...]))
      guard let step else { throw corrupt("the gzip stream is damaged") }
      inputStart += step.taken
      done += step.made
    }
    return done
  }

  private func refill() throws(DataError) {
    inputStart = 0
    inputEnd = unsafe try file.read(
      into: UnsafeMutableRawBufferPointer(start: input.pointer, count: input.count))
    atEnd = inputEnd < input.count
    consumedByteCount += inputEnd
  }

  private func corrupt(_ problem: String) -> DataError {
    DataError(
      .corrupt, "decompress", at: name, problem, remedy: "fetch the file again (gzip -t checks it)")
  }
}

/// zlib's decompressor for a sequence of gzip members.
@safe private final class Inflater {
  private var stream = unsafe z_stream()
  private(set) var isBetweenMembers = true

  init() {
    // 15 bits of window, plus 16 for the gzip wrapper with its checksum.
    let status = unsafe inflateInit2_(
      &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused to start")
  }

  deinit { unsafe inflateEnd(&stream) }

  /// Decompresses once; nil when the stream is damaged.
  func step(
    _ input: UnsafeMutablePointer<UInt8>, _ count: Int, _ target: UnsafeMutableRawBufferPointer
  ) -> (taken: Int, made: Int)? {
    if isBetweenMembers {
      guard unsafe inflateReset(&stream) == Z_OK else { return nil }
      isBetweenMembers = false
    }
    unsafe stream.next_in = input
    unsafe stream.avail_in = UInt32(count)
    unsafe stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.avail_out = UInt32(min(target.count, 1 << 30))
    let room = unsafe stream.avail_out
    let status = unsafe inflate(&stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    isBetweenMembers = status == Z_STREAM_END
    let taken = unsafe count - Int(stream.avail_in)
    let made = unsafe Int(room - stream.avail_out)
    return taken == 0 && made == 0 && status != Z_STREAM_END ? nil : (taken, made)
  }
}
