import Kernels

/// The values of one field that have an id of their own, in the order of their ids.
///
/// Order: larger counts first, then by the token's bytes. All other values share the id that
/// follows the last, as in pytorch-fm, so the field has one id more than it keeps values; a closed
/// field has no such id. Where ids are hashes nothing is kept.
struct FieldVocabulary: Sendable, Equatable {
  /// Key of each id; `ValueKey.listed` refers to `long`.
  private(set) var keys: [UInt64] = []
  /// How often each value occurred in the table that was prepared.
  private(set) var counts: [UInt64] = []
  /// Values that a key cannot hold.
  private(set) var long: [[UInt8]] = []

  /// Sorts counted values into the order of ids.
  init(short: [(key: UInt64, number: UInt64)], long: [(bytes: [UInt8], number: UInt64)]) {
    self.long = long.map(\.bytes)
    let listed = long.enumerated().map {
      (key: ValueKey.listed($0.offset), number: $0.element.number)
    }
    let sorted = (short + listed).sorted { left, right in
      if left.number != right.number { return left.number > right.number }
      // Numbers of eight digits are in the order of their text.
      if ValueKey.kind(left.key) == 0x08 && ValueKey.kind(right.key) == 0x08 {
        return left.key < right.key
      }
      return token(left.key).lexicographicallyPrecedes(token(right.key))
    }
    keys = sorted.map(\.key)
    counts = sorted.map(\.number)
  }

  /// Builds a vocabulary value by value, as its file lists them.
  init() {}

  mutating func append(_ token: [UInt8], kind: TableSchema.FieldKind, count: UInt64) -> Bool {
    switch kind {
    case .integer, .number:
      guard let key = ValueKey.numberToken(token) else { return false }
      keys.append(key)
    case .category:
      if let key = ValueKey.category(token) {
        keys.append(key)
      } else {
        keys.append(ValueKey.listed(long.count))
        long.append(token)
      }
    }
    counts.append(count)
    return true
  }

  /// The bytes of the token that a key stands for.
  func token(_ key: UInt64) -> [UInt8] {
    ValueKey.text(key) ?? ValueKey.listPlace(key).map { long[$0] } ?? []
  }
}

/// Finds the ids of a field's values: looked up, or hashed.
struct FieldEncoder: Sendable {
  private let table: ValueTable
  private let long: [[UInt8]: UInt32]
  /// The id of rare and unseen values; of a closed field a mark for what has none.
  private let defaultID: UInt32
  private let isClosed: Bool
  private let hashBuckets: Int?

  init(_ vocabulary: FieldVocabulary, of field: TableSchema.Field) {
    var table = ValueTable(capacity: vocabulary.keys.count)
    var long: [[UInt8]: UInt32] = [:]
    for (id, key) in vocabulary.keys.enumerated() {
      if let place = ValueKey.listPlace(key) {
        long[vocabulary.long[place]] = UInt32(id)
      } else {
        table.add(key, UInt64(id))
      }
    }
    self.table = table
    self.long = long
    isClosed = field.closed == true
    defaultID = isClosed ? .max : UInt32(vocabulary.keys.count)
    hashBuckets = field.hashBuckets
  }

  /// Writes the ids of a column of `rows`, which were parsed from `block`, or `StampTable.absent`
  /// where it has no value. Returns the first row whose value has no id, which only closed fields
  /// have.
  func encode(
    _ column: Int, of rows: ParsedRows, _ block: LineBlock, into ids: View<UInt32>
  ) -> Int? {
    let keys = rows.column(column)
    precondition(ids.count >= keys.count, "there is no room for the ids of a column")
    if let hashBuckets {
      for row in 0..<keys.count {
        ids[row] =
          keys[row] == 0
          ? StampTable.absent : hash(keys[row], rows, block, into: hashBuckets)
      }
      return nil
    }
    let table = table
    for row in 0..<keys.count {
      let key = unsafe keys.pointer[row]
      let id =
        ValueKey.isLong(key)
        ? longID(key, rows, block)
        : key == 0
          ? StampTable.absent
          : table.number(of: key).map { UInt32(truncatingIfNeeded: $0) } ?? defaultID
      unsafe ids.pointer[row] = id
    }
    return isClosed ? (0..<keys.count).first { ids[$0] == .max } : nil
  }

  @inline(never)
  private func longID(_ key: UInt64, _ rows: ParsedRows, _ block: LineBlock) -> UInt32 {
    long[rows.bytes(of: key, in: block)] ?? defaultID
  }

  private func hash(
    _ key: UInt64, _ rows: ParsedRows, _ block: LineBlock, into buckets: Int
  ) -> UInt32 {
    ValueKey.isLong(key)
      ? ValueHash.bucket(of: rows.bytes(of: key, in: block), among: buckets)
      : ValueHash.bucket(of: key, among: buckets)
  }
}

/// The ids of fields that list no values. They are part of the format: other hashes would give a
/// trained model other rows.
enum ValueHash {
  /// The bucket of a value that a key holds: SplitMix64's mixture of the key, scaled.
  @inline(__always)
  static func bucket(of key: UInt64, among buckets: Int) -> UInt32 {
    var word = key
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    word ^= word >> 31
    return UInt32(truncatingIfNeeded: word.multipliedFullWidth(by: UInt64(buckets)).high)
  }

  /// The bucket of a longer value: FNV-1a of its bytes in 64 bits, mixed like a key.
  static func bucket(of bytes: [UInt8], among buckets: Int) -> UInt32 {
    var word: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { word = (word ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return bucket(of: word, among: buckets)
  }
}
