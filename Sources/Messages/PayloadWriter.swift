import Kernels

/// Writes values one after the other, straight into the parts of a payload.
public struct PayloadWriter {
  private var finished: [Bytes] = []
  private var current: Bytes
  private var used = 0

  /// A writer that expects about so many bytes; more are fine.
  public init(expectedBytes: Int = 256) {
    current = Bytes(unfilled: min(max(expectedBytes, 64), WireLimits.partBytes))
  }

  /// Writes an integer, little-endian.
  public mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    let size = MemoryLayout<Number>.size
    if reserve(size) {
      current.store(number, at: used)
      used += size
    } else {
      for byte in 0..<size { write(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
  }

  /// Writes a text: its length in bytes, then UTF-8.
  public mutating func write(_ text: String) {
    let bytes = Array(text.utf8)
    write(UInt32(bytes.count))
    write(Bytes(bytes))
  }

  /// Writes an unsigned number in groups of seven bits, low group first (LEB128).
  public mutating func write(variable number: UInt32) {
    var rest = number
    while rest >= 0x80 {
      write(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    write(UInt8(rest))
  }

  /// Writes the memory of `numbers`.
  public mutating func write<Number: BitwiseCopyable & Numeric>(_ numbers: View<Number>) {
    let total = numbers.count * MemoryLayout<Number>.stride
    var done = 0
    while done < total {
      grow(total - done)
      let length = min(total - done, current.count - used)
      current.copy(from: numbers, bytesFrom: done, byteCount: length, at: used)
      used += length
      done += length
    }
  }

  /// The payload of everything written.
  public consuming func finish() -> Payload {
    if used > 0 { finished.append(current.slice(0, used)) }
    return Payload(parts: finished)
  }

  /// Makes room for `size` bytes in the current part; false when they would straddle two.
  private mutating func reserve(_ size: Int) -> Bool {
    grow(size)
    return current.count - used >= size
  }

  /// Makes room for at least one byte and, if the limits allow, for `wanted`.
  private mutating func grow(_ wanted: Int) {
    if current.count - used >= wanted { return }
    if used == WireLimits.partBytes {
      finished.append(current)
      current = Bytes(unfilled: min(max(wanted, 64), WireLimits.partBytes))
      used = 0
    } else if current.count < WireLimits.partBytes {
      let larger = Bytes(
        unfilled: min(max(2 * current.count, used + wanted), WireLimits.partBytes))
      larger.slice(0, used).copy(from: current.slice(0, used))
      current = larger
    }
  }
}
