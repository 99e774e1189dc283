import Glibc
import Kernels

/// The bytes of an input file from first to last: plain, gzip or zstd (told by its first bytes).
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
  private let decompressor: (any Decompressor)?

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
    decompressor = decompressorFor(input.slice(0, min(inputEnd, 4)).array)
    consumedByteCount = inputEnd
  }

  /// Fills `target`; returns how many bytes were written, fewer only at the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard let decompressor else { return try unsafe readPlain(target) }
    return try unsafe readPacked(target, decompressor)
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

  private func readPacked(
    _ target: UnsafeMutableRawBufferPointer, _ decompressor: any Decompressor
  ) throws(DataError) -> Int {
    var done = 0
    while done < target.count {
      if inputStart == inputEnd && !atEnd { try refill() }
      if inputStart == inputEnd {
        guard decompressor.isBetweenMembers else {
          throw corrupt("the \(decompressor.name) stream ends before its end mark", decompressor)
        }
        break
      }
      let step = unsafe decompressor.step(
        input.pointer + inputStart, inputEnd - inputStart,
        UnsafeMutableRawBufferPointer(rebasing: target[done...]))
      guard let step else {
        throw corrupt("the \(decompressor.name) stream is \(decompressor.damage)", decompressor)
      }
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

  private func corrupt(_ problem: String, _ decompressor: any Decompressor) -> DataError {
    DataError(
      .corrupt, "decompress", at: name, problem,
      remedy: "fetch the file again (\(decompressor.name) -t checks it)")
  }
}
