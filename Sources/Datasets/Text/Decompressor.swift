import CZlib
import CZstd

/// Decompresses a sequence of members, as gzip and zstd files may be; used by one thread at a time.
protocol Decompressor: AnyObject {
  /// The name of the format, which is also that of its program.
  var name: String { get }
  /// Whether all that was begun has ended.
  var isBetweenMembers: Bool { get }
  /// What is wrong after `step` gave nil.
  var damage: String { get }
  /// Decompresses once; nil when the stream is damaged.
  func step(
    _ input: UnsafeMutablePointer<UInt8>, _ count: Int, _ target: UnsafeMutableRawBufferPointer
  ) -> (taken: Int, made: Int)?
}

/// What decompresses a file that begins with these bytes; nil for one that is not compressed.
func decompressorFor(_ head: [UInt8]) -> (any Decompressor)? {
  if head.starts(with: [0x1F, 0x8B]) { return Inflater() }
  let magic = head.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  // A zstd file may begin with a frame of other uses, which is skipped.
  let isZstd = head.count == 4 && (magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50)
  return isZstd ? ZstdDecompressor() : nil
}

/// zlib's decompressor for a sequence of gzip members.
@safe private final class Inflater: Decompressor {
  let name = "gzip"
  let damage = "damaged"
  private var stream = unsafe z_stream()
  private(set) var isBetweenMembers = true

  init() {
    // 15 bits of window, plus 16 for the gzip wrapper with its checksum.
    let status = unsafe inflateInit2_(
      &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refused to start")
  }

  deinit { unsafe inflateEnd(&stream) }

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

/// zstd's decompressor for a sequence of frames. A frame may ask for a window of 128 MB, as zstd's
/// own program permits; more is refused.
@safe private final class ZstdDecompressor: Decompressor {
  let name = "zstd"
  private let stream: OpaquePointer
  private(set) var isBetweenMembers = true
  private(set) var damage = "damaged"

  init() {
    guard let stream = unsafe ZSTD_createDStream() else {
      preconditionFailure("zstd refused to start")
    }
    unsafe self.stream = unsafe stream
  }

  deinit { unsafe ZSTD_freeDStream(stream) }

  func step(
    _ input: UnsafeMutablePointer<UInt8>, _ count: Int, _ target: UnsafeMutableRawBufferPointer
  ) -> (taken: Int, made: Int)? {
    var source = unsafe ZSTD_inBuffer(src: input, size: count, pos: 0)
    var result = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    let status = unsafe ZSTD_decompressStream(stream, &result, &source)
    if ZSTD_isError(status) != 0 {
      damage = unsafe "damaged (\(String(cString: ZSTD_getErrorName(status))))"
      return nil
    }
    isBetweenMembers = status == 0
    let (taken, made) = unsafe (source.pos, result.pos)
    return taken == 0 && made == 0 ? nil : (taken, made)
  }
}
