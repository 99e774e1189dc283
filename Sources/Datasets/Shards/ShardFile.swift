import Kernels

/// A shard opened for reading: its frame is checked at once, its groups when they are read.
@safe final class ShardFile: Sendable {
  private let file: MappedFile
  private let places: [Int]
  private let groupsEnd: Int

  /// Opens a shard of a data set with these numbers.
  init(file: MappedFile, columnCount: Int, groupRows: Int) throws(DataError) {
    self.file = file
    do {
      (places, groupsEnd) = try Self.index(file, columnCount: columnCount, groupRows: groupRows)
    } catch {
      throw Self.failure(file.path, error.text)
    }
  }

  /// How many groups it holds.
  var groupCount: Int { places.count }

  /// Decodes a group; returns its number of rows.
  func decode(group: Int, with decoder: RowGroupDecoder) throws(DataError) -> Int {
    let end = group + 1 < places.count ? places[group + 1] : groupsEnd
    do {
      return try unsafe decoder.decode(file.slice(places[group]..<end))
    } catch {
      throw Self.failure("\(file.path), group \(group)", error.text)
    }
  }

  static func failure(_ place: String, _ problem: String) -> DataError {
    DataError(
      .corrupt, "read shard", at: place, problem,
      remedy: "the file is torn or altered; copy it again or prepare the data again")
  }

  private static func index(
    _ file: MappedFile, columnCount: Int, groupRows: Int
  ) throws(RowGroupProblem) -> ([Int], Int) {
    let head = ShardFormat.headByteCount
    let tail = ShardFormat.tailByteCount
    guard file.count >= head + tail else { throw RowGroupProblem("the file is cut off") }
    let headBytes = unsafe Array(file.slice(0..<head))
    guard headBytes.starts(with: ShardFormat.head) else {
      throw RowGroupProblem("it is no shard of a known version")
    }
    guard
      word(headBytes, 16) == ShardFormat.checksum(of: Array(headBytes[..<16])),
      word(headBytes, 8) == UInt32(columnCount), word(headBytes, 12) == UInt32(groupRows)
    else { throw RowGroupProblem("its head does not fit the manifest") }
    let tailBytes = unsafe Array(file.slice(file.count - tail..<file.count))
    guard tailBytes.suffix(8).elementsEqual(ShardFormat.tail) else {
      throw RowGroupProblem("its end mark is missing")
    }
    let count = Int(word(tailBytes, 0))
    let indexStart = file.count - tail - 8 * count
    guard indexStart >= head else { throw RowGroupProblem("its index is damaged") }
    let index = unsafe Array(file.slice(indexStart..<file.count - tail + 4))
    guard word(tailBytes, 4) == ShardFormat.checksum(of: index) else {
      throw RowGroupProblem("its index is damaged")
    }
    let places = (0..<count).map { Int(word(index, 8 * $0)) | Int(word(index, 8 * $0 + 4)) << 32 }
    let bounds = places + [indexStart]
    guard bounds[0] == head, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw RowGroupProblem("its index is damaged")
    }
    return (places, indexStart)
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }
}
