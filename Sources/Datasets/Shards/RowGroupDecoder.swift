import CLZ4
import Kernels

/// What is wrong with a stored row group, without the place.
struct RowGroupProblem: Error, Equatable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Reads stored row groups back, checking every length, the checksum and every id; used by one
/// thread at a time.
@safe final class RowGroupDecoder {
  /// How many different numbers each column holds.
  private let codeCounts: [Int]
  private let classes: Int
  private let offsets: [UInt32]
  /// The columns in which an id may be absent, and what stands for that with the field's offset.
  private let optional: [(column: Int, absence: UInt32)]
  private let widths: [Int]
  private let groupRows: Int
  /// The decompressed columns, one after the other; labels first.
  private let columns: View<UInt8>
  private var starts: [Int]
  private var rows = 0
  private static let rawBit: UInt32 = 1 << 31

  /// Groups of these columns; without them each field has one.
  init(fieldSizes: [Int], columns: IDColumns? = nil, groupRows: Int, classes: Int = 2) {
    let columns = columns ?? IDColumns(fieldCount: fieldSizes.count)
    codeCounts = columns.codeCounts(fieldSizes: fieldSizes)
    self.classes = classes
    self.groupRows = groupRows
    widths = codeCounts.map(idWidth)
    var offset = 0
    let fieldOffsets = fieldSizes.map { size in
      defer { offset += size }
      return UInt32(offset)
    }
    offsets = columns.fields.map { fieldOffsets[$0] }
    optional = columns.fields.enumerated().filter { columns.isOptional($0.offset) }.map {
      ($0.offset, fieldOffsets[$0.element] + UInt32(fieldSizes[$0.element]))
    }
    starts = [0]
    // Columns begin at multiples of 64, with room for wide loads behind the last.
    var end = (labelByteCount(rows: groupRows, classes: classes) + 63) / 64 * 64
    for width in widths {
      starts.append(end)
      end += (groupRows * width + 63) / 64 * 64
    }
    self.columns = View(count: end + 64)
  }

  /// Decompresses a stored group; returns its number of rows.
  func decode(_ bytes: UnsafeRawBufferPointer) throws(RowGroupProblem) -> Int {
    rows = 0
    let header = 8 + 4 * (widths.count + 1)
    guard bytes.count >= header + 4 else { throw RowGroupProblem("the group is cut off") }
    let end = bytes.count - 4
    guard
      unsafe checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end])) == Self.word(bytes, end)
    else { throw RowGroupProblem("the checksum is wrong") }
    let count = unsafe Int(Self.word(bytes, 0))
    guard count > 0, count <= groupRows, unsafe Self.word(bytes, 4) == UInt32(widths.count + 1)
    else { throw RowGroupProblem("the group has an impossible size") }
    var place = header
    for column in 0...widths.count {
      let word = unsafe Self.word(bytes, 8 + 4 * column)
      let stored = Int(word & ~Self.rawBit)
      guard stored <= end - place else { throw RowGroupProblem("a column is cut off") }
      let byteCount =
        column == 0
        ? labelByteCount(rows: count, classes: classes) : count * widths[column - 1]
      let target = columns.slice(starts[column], byteCount)
      let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<place + stored])
      guard unsafe Self.restore(source, isRaw: word & Self.rawBit != 0, into: target) else {
        throw RowGroupProblem("column \(column) is damaged")
      }
      place += stored
    }
    guard place == end else { throw RowGroupProblem("there are bytes after the last column") }
    rows = count
    try checkLabels()
    try checkIDs()
    return count
  }

  /// Writes rows of the group decoded last: row r goes to `places[first + r]` (or first + r without
  /// places) of the target, its ids with the fields' offsets added, or `StampTable.absent`.
  func scatter(places: View<UInt32>?, from first: Int, into target: SliceRows) {
    let columnCount = widths.count
    for row in 0..<rows {
      let place = places.map { Int($0[first + row]) } ?? first + row
      target.labels[place] = Float(
        classes == 2 ? columns[row >> 3] >> UInt8(row & 7) & 1 : columns[row])
      let ids = target.ids.slice(place * columnCount, columnCount)
      unsafe gather(row, into: ids.pointer)
      for (column, absence) in optional where ids[column] == absence {
        ids[column] = StampTable.absent
      }
    }
  }

  @inline(__always)
  private func gather(_ row: Int, into ids: UnsafeMutablePointer<UInt32>) {
    let base = unsafe UnsafeRawPointer(columns.pointer)
    unsafe widths.withUnsafeBufferPointer { widths in
      unsafe starts.withUnsafeBufferPointer { starts in
        unsafe offsets.withUnsafeBufferPointer { offsets in
          for column in 0..<widths.count {
            let width = unsafe widths[column]
            let source = unsafe base + starts[column + 1] + row * width
            // One load of four bytes and a mask: the branch would be mispredicted.
            let mask = UInt32(truncatingIfNeeded: (1 << (8 * width)) - 1)
            let id = unsafe source.loadUnaligned(as: UInt32.self) & mask
            unsafe ids[column] = id &+ offsets[column]
          }
        }
      }
    }
  }

  private func checkLabels() throws(RowGroupProblem) {
    guard classes > 2 else { return }
    let largest = unsafe Self.largest(UnsafePointer(columns.pointer), rows)
    guard Int(largest) < classes else {
      rows = 0
      throw RowGroupProblem("the label \(largest) is none of \(classes) classes")
    }
  }

  private func checkIDs() throws(RowGroupProblem) {
    let base = unsafe UnsafeRawPointer(columns.pointer)
    for (column, width) in widths.enumerated() {
      let start = unsafe base + starts[column + 1]
      let largest: UInt32
      switch width {
      case 1: largest = unsafe UInt32(Self.largest(start.assumingMemoryBound(to: UInt8.self), rows))
      case 2:
        largest = unsafe UInt32(Self.largest(start.assumingMemoryBound(to: UInt16.self), rows))
      default: largest = unsafe Self.largest(start.assumingMemoryBound(to: UInt32.self), rows)
      }
      guard Int(largest) < codeCounts[column] else {
        rows = 0
        throw RowGroupProblem(
          "the id \(largest) of column \(column) is outside its \(codeCounts[column])")
      }
    }
  }

  @inline(__always)
  private static func largest<ID: FixedWidthInteger & UnsignedInteger>(
    _ ids: UnsafePointer<ID>, _ count: Int
  ) -> ID {
    var result: ID = 0
    for place in 0..<count { result = unsafe max(result, ids[place]) }
    return result
  }

  private static func restore(
    _ source: UnsafeRawBufferPointer, isRaw: Bool, into target: View<UInt8>
  ) -> Bool {
    guard source.count > 0, let base = source.baseAddress else { return false }
    if isRaw {
      guard source.count == target.count else { return false }
      unsafe UnsafeMutableRawPointer(target.pointer).copyMemory(
        from: base, byteCount: source.count)
      return true
    }
    return unsafe LZ4_decompress_safe(
      base.assumingMemoryBound(to: UInt8.self).chars, target.pointer.chars, Int32(source.count),
      Int32(target.count)) == Int32(target.count)
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
