import CLZ4
import CZlib
import Kernels

// A row group is stored as
//
//     u32 rows, u32 columns
//     u32 stored bytes of each column (the highest bit: stored as it is, not compressed)
//     the columns
//     u32 CRC-32 of everything before
//
// all little endian. Column 0 holds the labels: of two classes one bit a row, lowest bit first, of
// more one byte a row. The others hold the ids of the fields in 1, 2 or 4 bytes, by their sizes; a
// field with lists of values has as many columns as a list may have values. In all but the first of
// them the field's size stands where a list has ended.

/// Bytes that an id takes in a column of a shard that holds `size` different ones.
func idWidth(size: Int) -> Int { size <= 1 << 8 ? 1 : size <= 1 << 16 ? 2 : 4 }

/// Bytes that the labels of so many rows take in a shard.
func labelByteCount(rows: Int, classes: Int) -> Int { classes > 2 ? rows : (rows + 7) / 8 }

/// The rows of a group before they are stored: labels, and ids field by field.
@safe final class RowGroup: Sendable {
  let capacity: Int
  let labels: View<UInt8>
  /// Id of column c in row r at c · capacity + r, or `StampTable.absent`.
  let ids: View<UInt32>

  init(capacity: Int, columnCount: Int) {
    self.capacity = capacity
    labels = View(count: capacity)
    ids = View(count: capacity * columnCount)
  }
}

/// Stores row groups; used by one thread at a time.
@safe final class RowGroupEncoder {
  private let widths: [Int]
  /// What stands for no id.
  private let absences: [UInt32]
  private let classes: Int
  private let packed: View<UInt8>
  private let output: View<UInt8>
  private static let rawBit: UInt32 = 1 << 31

  /// Groups of these columns; without them each field has one.
  init(fieldSizes: [Int], columns: IDColumns? = nil, groupRows: Int, classes: Int = 2) {
    let columns = columns ?? IDColumns(fieldCount: fieldSizes.count)
    widths = columns.codeCounts(fieldSizes: fieldSizes).map(idWidth)
    absences = columns.fields.map { UInt32(truncatingIfNeeded: fieldSizes[$0]) }
    self.classes = classes
    packed = View(count: groupRows * 4)
    let columnBound = Int(LZ4_compressBound(Int32(groupRows * 4)))
    output = View(count: 16 + (columnBound + 4) * (widths.count + 1))
  }

  /// The stored form of the first `rows` rows; valid until the next call.
  func encode(_ group: RowGroup, rows: Int) -> View<UInt8> {
    let columns = widths.count + 1
    put(UInt32(rows), at: 0)
    put(UInt32(columns), at: 4)
    var end = 8 + 4 * columns
    for column in 0..<columns {
      let byteCount = column == 0 ? packLabels(group, rows) : pack(group, column - 1, rows)
      let stored = unsafe LZ4_compress_default(
        UnsafePointer(packed.pointer).chars, (output.pointer + end).chars, Int32(byteCount),
        Int32(output.count - end))
      if stored > 0 && Int(stored) < byteCount {
        put(UInt32(stored), at: 8 + 4 * column)
        end += Int(stored)
      } else {
        output.slice(end, byteCount).copy(from: packed.slice(0, byteCount))
        put(UInt32(byteCount) | Self.rawBit, at: 8 + 4 * column)
        end += byteCount
      }
    }
    let sum = unsafe checksum(UnsafeRawBufferPointer(start: output.pointer, count: end))
    put(sum, at: end)
    return output.slice(0, end + 4)
  }

  private func packLabels(_ group: RowGroup, _ rows: Int) -> Int {
    let byteCount = labelByteCount(rows: rows, classes: classes)
    guard classes == 2 else {
      packed.slice(0, byteCount).copy(from: group.labels.slice(0, byteCount))
      return byteCount
    }
    packed.slice(0, byteCount).fill(0)
    for row in 0..<rows { packed[row / 8] |= group.labels[row] << UInt8(row % 8) }
    return byteCount
  }

  private func pack(_ group: RowGroup, _ column: Int, _ rows: Int) -> Int {
    let ids = group.ids.slice(column * group.capacity, rows)
    let absence = absences[column]
    let base = unsafe UnsafeMutableRawPointer(packed.pointer)
    for row in 0..<rows {
      // Ids are below the size of their field, and what is absent above it.
      let id = unsafe min(ids.pointer[row], absence)
      switch widths[column] {
      case 1:
        unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: id), toByteOffset: row, as: UInt8.self)
      case 2:
        unsafe base.storeBytes(
          of: UInt16(truncatingIfNeeded: id), toByteOffset: 2 * row, as: UInt16.self)
      default: unsafe base.storeBytes(of: id, toByteOffset: 4 * row, as: UInt32.self)
      }
    }
    return rows * widths[column]
  }

  private func put(_ value: UInt32, at offset: Int) {
    unsafe UnsafeMutableRawPointer(output.slice(offset, 4).pointer)
      .storeBytes(of: value.littleEndian, as: UInt32.self)
  }
}

/// CRC-32 as zlib and gzip compute it.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  unsafe UInt32(
    truncatingIfNeeded: crc32_z(
      0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
}

extension UnsafePointer<UInt8> {
  /// The same address as LZ4 takes it.
  var chars: UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(self).assumingMemoryBound(to: CChar.self)
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// The same address as LZ4 takes it.
  var chars: UnsafeMutablePointer<CChar> {
    unsafe UnsafeMutableRawPointer(self).assumingMemoryBound(to: CChar.self)
  }
}
