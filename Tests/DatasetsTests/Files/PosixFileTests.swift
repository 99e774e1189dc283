import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct PosixFileTests {
  @Test func bytesAreWrittenAndReadAtPlaces() throws {
    let folder = try TemporaryFolder()
    let file = try PosixFile(creating: folder.path("a"))
    try writeBytes(of: [1, 2, 3, 4] as [UInt8], to: file)
    try unsafe [9, 8].withUnsafeBytes { try unsafe file.write($0, at: 16) }
    try file.synchronise()
    #expect(try file.size() == 32)
    var bytes = [UInt8](repeating: 7, count: 6)
    let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 2) }
    #expect(count == 6 && bytes == [3, 4, 0, 0, 0, 0])
    let rest = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 30) }
    #expect(rest == 2)
    let mapped = try MappedFile(path: folder.path("a"))
    #expect(mapped.count == 32)
    #expect(unsafe Array(mapped.slice(1..<4)) == [2, 3, 4])
  }

  @Test func refusalsNameThePlace() throws {
    let error = try #require(throws: DataError.self) { try PosixFile(creating: "/nowhere/a") }
    #expect(error.kind == .system)
    #expect(error.description.hasPrefix("create: /nowhere/a: No such file or directory; "))
  }

  @Test func emptyFilesCanBeMapped() throws {
    let folder = try TemporaryFolder()
    _ = try PosixFile(creating: folder.path("a"))
    #expect(try MappedFile(path: folder.path("a")).count == 0)
  }
}
