/// Consecutive bytes: frames on the wire, blocks of files.
public typealias Bytes = View<UInt8>

/// Numbers in bytes: little-endian, at any offset, checked against the bounds.
extension View where Element == UInt8 {
  /// The integer at `offset`.
  @inlinable
  public func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, at offset: Int
  ) -> Number {
    let size = MemoryLayout<Number>.size
    precondition(offset >= 0 && offset <= count - size, "a number outside the bytes was read")
    let raw = unsafe UnsafeRawPointer(pointer)
    return unsafe Number(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// Writes `number` at `offset`.
  @inlinable
  public func store<Number: FixedWidthInteger & BitwiseCopyable>(
    _ number: Number, at offset: Int
  ) {
    let size = MemoryLayout<Number>.size
    precondition(offset >= 0 && offset <= count - size, "a number outside the bytes was written")
    let raw = unsafe UnsafeMutableRawPointer(pointer)
    unsafe raw.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
  }

  /// Copies `byteCount` bytes of the memory of `numbers`, from its byte `start` on, to `offset`.
  ///
  /// Byte ranges, not elements: a number may straddle two frames. The order of bytes is the
  /// machine's, little-endian on every machine this runs on.
  @inlinable
  public func copy<Number: BitwiseCopyable & Numeric>(
    from numbers: View<Number>, bytesFrom start: Int, byteCount: Int, at offset: Int
  ) {
    let limit = numbers.count * MemoryLayout<Number>.stride
    precondition(
      byteCount >= 0 && start >= 0 && start <= limit - byteCount, "bytes outside the numbers")
    precondition(offset >= 0 && offset <= count - byteCount, "bytes outside the view")
    unsafe UnsafeMutableRawPointer(pointer + offset).copyMemory(
      from: UnsafeRawPointer(numbers.pointer) + start, byteCount: byteCount)
  }

  /// Copies `byteCount` bytes from `offset` on into the memory of `numbers`, to its byte `start`.
  @inlinable
  public func copy<Number: BitwiseCopyable & Numeric>(
    to numbers: View<Number>, bytesFrom start: Int, byteCount: Int, at offset: Int
  ) {
    let limit = numbers.count * MemoryLayout<Number>.stride
    precondition(
      byteCount >= 0 && start >= 0 && start <= limit - byteCount, "bytes outside the numbers")
    precondition(offset >= 0 && offset <= count - byteCount, "bytes outside the view")
    unsafe (UnsafeMutableRawPointer(numbers.pointer) + start).copyMemory(
      from: UnsafeRawPointer(pointer + offset), byteCount: byteCount)
  }
}
