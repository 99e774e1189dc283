import Glibc

/// The bytes of a whole file, mapped for reading, or bytes in memory that stand for one.
///
/// Every access is checked against the size at opening. The file must not shrink while mapped.
@safe public final class MappedFile: @unchecked Sendable {
  /// The path as it was given, for messages.
  public let path: String
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// How many bytes the file has.
  public var count: Int { unsafe bytes.count }

  /// Maps an existing file.
  public init(path: String) throws(DataError) {
    let file = try PosixFile(reading: path)
    let size = try file.size()
    self.path = path
    isMapped = size > 0
    guard isMapped else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard
      let base = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      unsafe base != MAP_FAILED
    else {
      throw DataError(
        .system, "map", at: path, systemMessage(), remedy: "check that it is a regular file")
    }
    unsafe bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  /// Holds a copy of `contents` as if it were the file `path`.
  public init(contents: [UInt8], path: String) {
    self.path = path
    isMapped = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 64)
    unsafe copy.copyBytes(from: contents)
    unsafe bytes = UnsafeRawBufferPointer(copy)
  }

  deinit {
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      unsafe bytes.deallocate()
    }
  }

  /// The bytes of `range`, which lies inside the file.
  @unsafe func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "a range outside the mapped file")
    return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
