import Kernels

// A shard is a file of row groups:
//
//     "ALSHARD1", u32 columns of ids, u32 rows of a full group, u32 CRC-32 of these 16 bytes
//     row groups
//     u64 place of each group in the file
//     u32 groups, u32 CRC-32 of the places and the number, "1DRAHSLA"
//
// All groups of a split but its last are full.

enum ShardFormat {
  static let head = Array("ALSHARD1".utf8)
  static let tail = Array("1DRAHSLA".utf8)
  static let headByteCount = 20
  static let tailByteCount = 16

  static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  static func checksum(of bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe Datasets.checksum($0) }
  }
}

/// Writes the shards of one split, group after group; used by one thread at a time.
final class ShardWriter {
  /// Groups in a full shard file.
  static let groupsPerFile = 128

  private let folder: String
  private let split: Split
  private let columnCount: Int
  private let groupRows: Int
  private var file: PosixFile?
  private let hash = SHA256()
  private var places: [Int] = []
  private var byteCount = 0
  private var rows = 0
  /// The files that are complete.
  private(set) var files: [Manifest.File] = []

  init(folder: String, split: Split, columnCount: Int, groupRows: Int) {
    self.folder = folder
    self.split = split
    self.columnCount = columnCount
    self.groupRows = groupRows
  }

  /// Appends a stored group of `rows` rows.
  func append(_ group: View<UInt8>, rows: Int) throws(DataError) {
    let file = try openFile()
    places.append(byteCount)
    self.rows += rows
    hash.update(group)
    try unsafe file.append(
      UnsafeRawBufferPointer(start: group.pointer, count: group.count))
    byteCount += group.count
    if places.count == Self.groupsPerFile { try finishFile() }
  }

  /// Completes the last file.
  func finish() throws(DataError) {
    if file != nil { try finishFile() }
  }

  private func openFile() throws(DataError) -> PosixFile {
    if let file { return file }
    let file = try PosixFile(creating: "\(folder)/\(name)")
    self.file = file
    let head =
      ShardFormat.head + ShardFormat.bytes(UInt32(columnCount))
      + ShardFormat.bytes(UInt32(groupRows))
    try append(head + ShardFormat.bytes(ShardFormat.checksum(of: head)), to: file)
    return file
  }

  private func finishFile() throws(DataError) {
    guard let file else { return }
    let index =
      places.flatMap { ShardFormat.bytes(UInt64($0)) } + ShardFormat.bytes(UInt32(places.count))
    let sum = ShardFormat.bytes(ShardFormat.checksum(of: index))
    try append(index + sum + ShardFormat.tail, to: file)
    try file.synchronise()
    files.append(
      Manifest.File(
        name: name, bytes: byteCount, rows: rows, groups: places.count, sha256: hash.finish()))
    self.file = nil
    (places, byteCount, rows) = ([], 0, 0)
  }

  private func append(_ bytes: [UInt8], to file: PosixFile) throws(DataError) {
    hash.update(bytes)
    try writeBytes(of: bytes, to: file)
    byteCount += bytes.count
  }

  private var name: String {
    let digits = String(files.count)
    return
      "\(split.rawValue)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).shard"
  }
}
