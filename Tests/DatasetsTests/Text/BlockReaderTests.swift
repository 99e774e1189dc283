import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct BlockReaderTests {
  @Test(arguments: [16, 17, 64, 1000])
  func linesStayWholeAndNumbered(capacity: Int) throws {
    let folder = try TemporaryFolder()
    let first = try SampleTable.write((1...50).map { "a\($0)" }, to: "a", in: folder)
    let second = folder.path("b")
    try Data("b1\n\nb3".utf8).write(to: URL(fileURLWithPath: second))
    let reader = BlockReader(paths: [first, second])
    let block = LineBlock(capacity: capacity)
    var seen: [String] = []
    var index = 0
    while try reader.next(into: block) {
      #expect(block.index == index)
      index += 1
      let text = String(decoding: block.memory.slice(0, block.byteCount).array, as: UTF8.self)
      #expect(text.hasSuffix("\n"))
      for (offset, line) in text.dropLast().split(
        separator: "\n", omittingEmptySubsequences: false
      ).enumerated() {
        seen.append("\(block.head.name == first ? 0 : 1):\(block.firstLine + offset):\(line)")
      }
    }
    #expect(seen == (1...50).map { "0:\($0):a\($0)" } + ["1:1:b1", "1:2:", "1:3:b3"])
    #expect(reader.consumedByteCount == (50 * 3 + 41) + 6)
  }

  @Test(arguments: [1, 2, 3, 7], [20, 64, 1000])
  func blocksHaveNoMoreLinesThanAllowed(maximum: Int, capacity: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    let lines = (1...40).map { $0 % 3 == 0 ? "" : "line \($0)" }
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    let reader = BlockReader(paths: [path, path], maximumLines: maximum)
    let block = LineBlock(capacity: capacity)
    var seen: [String] = []
    while try reader.next(into: block) {
      let text = String(decoding: block.memory.slice(0, block.byteCount).array, as: UTF8.self)
      let found = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
      #expect(found.count <= maximum)
      #expect(block.firstLine == seen.count % 40 + 1)
      #expect(block.head == FileHead(name: path, line: Array("line 1".utf8)))
      seen += found.map(String.init)
    }
    #expect(seen == lines + lines)
  }

  @Test func linesWithoutEndAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try SampleTable.write(
      ["short", String(repeating: "x", count: 100)], to: "a", in: folder)
    let reader = BlockReader(paths: [path])
    let block = LineBlock(capacity: 50)
    #expect(try reader.next(into: block))
    let error = try #require(throws: DataError.self) { try reader.next(into: block) }
    #expect(error.place == "\(path):2")
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100])
  func lineFeedsAreCounted(count: Int) {
    let bytes = (0..<count).map { [10, 9, 11, 0x8A, 10, 0][$0 % 6] as UInt8 }
    let found = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe lineFeeds($0, count) }
    }
    #expect(found ?? 0 == bytes.count { $0 == 10 })
  }
}
