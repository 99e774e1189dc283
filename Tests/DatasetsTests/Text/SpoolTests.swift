import TestSupport
import Testing

@testable import Datasets

@Suite struct SpoolTests {
  @Test func blocksComeBackInTheirOrder() throws {
    let folder = try TemporaryFolder()
    let lines = SampleTable.lines(400)
    let path = try SampleTable.write(lines, to: "a", in: folder)
    let capacity = 5000
    let reader = BlockReader(paths: [path, path])
    let spool = try Spool(path: folder.path("spool"))
    var blocks: [LineBlock] = []
    while true {
      let block = LineBlock(capacity: capacity)
      guard try reader.next(into: block) else { break }
      blocks.append(block)
    }
    #expect(blocks.count > 20)
    let workspace = Spool.workspace(capacity: capacity + 1)
    for block in blocks.reversed() { try spool.store(block, workspace: workspace) }
    let copy = LineBlock(capacity: capacity)
    let back = spool.reader()
    for block in blocks {
      #expect(try back.next(into: copy))
      #expect(
        (copy.index, copy.firstLine, copy.byteCount)
          == (block.index, block.firstLine, block.byteCount))
      #expect(copy.head == block.head && copy.head.name == path)
      #expect(
        copy.memory.slice(0, copy.byteCount).array == block.memory.slice(0, block.byteCount).array)
    }
    #expect(try !back.next(into: copy))
  }
}
