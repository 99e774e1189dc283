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
