/// From when to when each value and each gradient must be kept.
struct Lifetimes {
  /// For each value that owns memory, the times of its first writing and last reading.
  private(set) var values: [ClosedRange<Int>?]
  /// The same for its gradient.
  private(set) var gradients: [ClosedRange<Int>?]

  init(_ traced: [Trace.Value], uses: Uses) {
    values = Array(repeating: nil, count: traced.count)
    gradients = Array(repeating: nil, count: traced.count)
    for (index, value) in traced.enumerated() {
      let made = uses.time(index)
      var lastRead = value.form.keepsOutput ? uses.backward(made) : made
      for reader in uses.readers[index] {
        let time = uses.time(reader)
        lastRead = max(lastRead, traced[reader].form.keepsInputs ? uses.backward(time) : time)
      }
      let firstGradient = uses.readers[index].map { uses.backward(uses.time($0)) }.min()
      let root = Self.root(index, uses)
      values[root] = Self.union(values[root], made...lastRead)
      let read = uses.backward(made)
      gradients[root] = Self.union(gradients[root], (firstGradient ?? read)...read)
    }
  }

  /// The value in whose memory `value` lies.
  private static func root(_ value: Int, _ uses: Uses) -> Int {
    var root = value
    while let joined = uses.joinedInto[root] { root = joined.target }
    return root
  }

  private static func union(_ a: ClosedRange<Int>?, _ b: ClosedRange<Int>) -> ClosedRange<Int> {
    guard let a else { return b }
    return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
  }
}

/// One memory shared by values that live at different times.
struct Arena {
  /// What a block of the arena holds.
  enum Owner: Hashable {
    case value(Int)
    case gradient(Int)
    case saved(Int)
  }

  private struct Block {
    let owner: Owner
    let width: Int
    let life: ClosedRange<Int>
    var column = 0
  }

  private var blocks: [Block] = []
  /// The width of the arena.
  private(set) var columnCount = 0

  /// Asks for `width` columns during `life`.
  mutating func reserve(_ owner: Owner, width: Int, _ life: ClosedRange<Int>) {
    blocks.append(Block(owner: owner, width: width, life: life))
  }

  /// Gives every block its first column: the widest first, each as far left as it fits.
  mutating func place() -> [Owner: Int] {
    let order = blocks.indices.sorted { (blocks[$1].width, $0) < (blocks[$0].width, $1) }
    var placed: [Block] = []
    for index in order {
      var block = blocks[index]
      let rivals = placed.filter { $0.life.overlaps(block.life) }.sorted { $0.column < $1.column }
      for rival in rivals where rival.column < block.column + block.width {
        block.column = max(block.column, rival.column + rival.width)
      }
      placed.append(block)
      columnCount = max(columnCount, block.column + block.width)
    }
    return Dictionary(uniqueKeysWithValues: placed.map { ($0.owner, $0.column) })
  }
}
