import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct ByteStreamTests {
  /// Everything a stream gives, asked for in pieces of this size.
  static func read(_ path: String, piece: Int) throws -> [UInt8] {
    let stream = try ByteStream(path: path)
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: piece)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }
      result += buffer[..<count]
      if count < piece { return result }
    }
  }

  @Test(arguments: [0, 1, 2, 1000, 262_143, 262_144, 262_145, 700_000], [997, 1 << 20])
  func plainAndPackedFilesGiveTheirBytes(size: Int, piece: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let path = folder.path("a")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try Self.read(path, piece: piece) == bytes)
    try run("gzip", "-k", path)
    #expect(try Self.read("\(path).gz", piece: piece) == bytes)
    try run("sh", "-c", "cat '\(path).gz' '\(path).gz' > '\(path).2'")
    #expect(try Self.read("\(path).2", piece: piece) == bytes + bytes)
  }

  @Test func damagedArchivesAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try SampleTable.write(SampleTable.lines(300), to: "a.tsv", in: folder)
    try run("gzip", path)
    let good = Array(try Data(contentsOf: URL(fileURLWithPath: "\(path).gz")))
    var changed = good
    changed[good.count / 2] ^= 0x10
    let broken = [Array(good.dropLast(1)), Array(good.prefix(20)), changed, good + [1, 2, 3]]
    for bytes in broken {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(path).gz"))
      let error = try #require(throws: DataError.self) { try Self.read("\(path).gz", piece: 1000) }
      #expect(error.kind == .corrupt)
      #expect(error.place == "\(path).gz")
    }
  }
}
