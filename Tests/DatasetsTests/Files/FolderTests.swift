import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct FolderTests {
  @Test func tellsFoldersFilesAndPipesApart() throws {
    let temporary = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: temporary.path("file")))
    #expect(Folder.isFolder(temporary.url.path))
    #expect(!Folder.isFolder(temporary.path("file")))
    #expect(Folder.exists(temporary.path("file")))
    #expect(!Folder.exists(temporary.path("absent")))
    #expect(Folder.isPipe("/dev/null"))
    #expect(!Folder.isPipe(temporary.path("file")) && !Folder.isPipe(temporary.path("absent")))
  }

  @Test func aRenameReplacesAFile() throws {
    let temporary = try TemporaryFolder()
    for (name, text) in [("old", "1"), ("new", "2")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: temporary.path(name)))
    }
    try Folder.rename(temporary.path("old"), to: temporary.path("new"))
    #expect(try String(contentsOfFile: temporary.path("new"), encoding: .utf8) == "1")
    #expect(!Folder.exists(temporary.path("old")))
  }

  @Test func whatTheSystemRefusesIsExplained() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: temporary.path("file")))
    let target = temporary.path("new")
    let rename = #expect(throws: DataError.self) {
      try Folder.rename(temporary.path("absent"), to: target)
    }
    #expect(rename?.kind == .system)
    #expect(rename?.place == target)
    let create = #expect(throws: DataError.self) {
      try Folder.create(temporary.path("file/below"))
    }
    #expect(create?.kind == .system)
    #expect(throws: DataError.self) { try Folder.files(in: temporary.path("absent")) }
  }

  @Test func filesAreSortedByBytesWithoutHiddenOnes() throws {
    let temporary = try TemporaryFolder()
    for name in ["b", "a", "B", ".hidden", "a10", "a2", "é"] {
      try Data().write(to: URL(fileURLWithPath: temporary.path(name)))
    }
    try Folder.create(temporary.path("folder/below"))
    #expect(try Folder.files(in: temporary.url.path) == ["B", "a", "a10", "a2", "b", "é"])
    Folder.remove(temporary.path("folder"))
    Folder.remove(temporary.path("folder"))
    #expect(!Folder.exists(temporary.path("folder")))
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a/b/", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"),
    ("a/b", "a", "b"),
  ])
  func pathsAreTakenApart(path: String, parent: String, last: String) {
    #expect(Folder.parent(of: path) == parent)
    #expect(Folder.lastComponent(of: path) == last)
  }
}
