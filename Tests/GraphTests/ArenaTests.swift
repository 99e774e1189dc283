import Kernels
import Testing

@testable import Graph

@Suite struct ArenaTests {
  @Test func blocksThatLiveAtOnceDoNotOverlap() {
    var arena = Arena()
    var lives: [(Int, Int, ClosedRange<Int>)] = []
    let randomness = Randomness(seed: 1, purpose: .test)
    for block in 0..<60 {
      let words = randomness.words(example: block, block: 0)
      let start = Int(words.x % 20)
      let life = start...start + Int(words.y % 8)
      lives.append((block, 1 + Int(words.z % 30), life))
      arena.reserve(.value(block), width: 1 + Int(words.z % 30), life)
    }
    let columns = arena.place()
    for (a, widthA, lifeA) in lives {
      for (b, widthB, lifeB) in lives where a < b && lifeA.overlaps(lifeB) {
        let (first, second) = (columns[.value(a)] ?? -1, columns[.value(b)] ?? -1)
        #expect(first + widthA <= second || second + widthB <= first)
      }
    }
    #expect(arena.columnCount < lives.reduce(0) { $0 + $1.1 } / 2)
  }

  @Test func blocksThatFollowEachOtherShareColumns() {
    var arena = Arena()
    for block in 0..<5 { arena.reserve(.value(block), width: 7, 2 * block...2 * block + 1) }
    #expect(Set(arena.place().values) == [0])
    #expect(arena.columnCount == 7)
  }
}
