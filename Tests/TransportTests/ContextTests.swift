import Testing

@testable import Transport

@Suite struct ContextTests {
  @Test(arguments: [(4, 3, 3), (4, 3, 4), (4, 4, 0), (5, 0, 0)])
  func acceptsSafeVersions(major: Int, minor: Int, patch: Int) throws {
    try Context.check(version: (major, minor, patch))
  }

  @Test(arguments: [(4, 3, 2), (4, 2, 9), (3, 9, 9)])
  func refusesVersionsWithHoles(major: Int, minor: Int, patch: Int) {
    #expect(throws: TransportError.library(version: "\(major).\(minor).\(patch)")) {
      try Context.check(version: (major, minor, patch))
    }
  }

  @Test func theInstalledLibraryIsSafe() throws {
    _ = try Context()
  }
}
