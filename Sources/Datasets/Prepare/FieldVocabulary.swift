import Kernels

/// The values of one field that have an id of their own, in the order of their ids.
///
/// Order: larger counts first, then by the token's bytes. All other values share the id that
/// follows the last, as in pytorch-fm, so the field has one id more than it keeps values.
struct FieldVocabulary: Sendable, Equatable {
  /// Key of each id; `ValueKey.listed` refers to `long`.
  private(set) var keys: [UInt64] = []
  /// How often each value occurred in the table that was prepared.
  private(set) var counts: [UInt64] = []
  /// Values that a key cannot hold.
  private(set) var long: [[UInt8]] = []

  /// How many ids the field has, with the shared one.
  var size: Int { keys.count + 1 }

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
    case .integer:
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

/// Looks up the ids of a field's values.
struct FieldEncoder: Sendable {
  private let table: ValueTable
  private let long: [[UInt8]: UInt32]
  /// The id of rare and unseen values.
  let defaultID: UInt32

  init(_ vocabulary: FieldVocabulary) {
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
    defaultID = UInt32(vocabulary.keys.count)
  }

  /// Writes the ids of a column of keys of `block`.
  func encode(_ keys: View<UInt64>, of block: LineBlock, into ids: View<UInt32>) {
    precondition(ids.count >= keys.count, "there is no room for the ids of a column")
    let table = table
    for row in 0..<keys.count {
      let key = unsafe keys.pointer[row]
      let id =
        ValueKey.isLong(key)
        ? longID(key, of: block)
        : table.number(of: key).map { UInt32(truncatingIfNeeded: $0) } ?? defaultID
      unsafe ids.pointer[row] = id
    }
  }

  @inline(never)
  private func longID(_ key: UInt64, of block: LineBlock) -> UInt32 {
    long[block.bytes(of: key)] ?? defaultID
  }
}
