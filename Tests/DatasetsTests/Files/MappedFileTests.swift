import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct MappedFileTests {
  @Test(arguments: [0, 1, 5000])
  func showsTheBytesOfAFile(count: Int) throws {
    let folder = try TemporaryFolder()
    let content = (0..<count).map { UInt8($0 * 7 & 0xFF) }
    let path = folder.path("file")
    try Data(content).write(to: URL(fileURLWithPath: path))
    for file in [try MappedFile(path: path), MappedFile(contents: content, path: path)] {
      #expect(file.count == count)
      #expect(file.path == path)
      let all = unsafe Array(file.slice(0..<count))
      #expect(all == content)
      let part = unsafe Array(file.slice(count / 2..<count))
      #expect(part == Array(content[(count / 2)...]))
    }
  }

  @Test func whatIsNoFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let absent = folder.path("absent")
    let error = try #require(throws: DataError.self) { try MappedFile(path: absent) }
    #expect(error.kind == .missing)
    #expect(error.place == absent)
    #expect(throws: DataError.self) { try MappedFile(path: folder.url.path) }
  }

  @Test func bytesOutsideTrap() async {
    await #expect(processExitsWith: .failure) {
      let file = MappedFile(contents: [1, 2, 3], path: "memory")
      _ = unsafe file.slice(2..<4)
    }
  }
}
