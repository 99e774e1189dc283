import Foundation
import Testing

/// What the pages for people promise about files.
@Suite struct DocumentationTests {
  static let pages =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md"]
    + SourceTree.files(in: "docs", endings: ["md"])

  @Test(arguments: pages)
  func everyPathItMentionsExists(page: String) {
    let text = SourceTree.text(page)
    #expect(!text.isEmpty, "\(page) is missing or empty")
    for path in mentionedPaths(text) {
      let beside = URL(filePath: page).deletingLastPathComponent().relativePath
      let isThere = SourceTree.exists(path) || SourceTree.exists("\(beside)/\(path)")
      #expect(isThere, "\(page) mentions \(path)")
    }
  }

  @Test func theReadmeNamesSixFilesToReadFirst() throws {
    let text = SourceTree.text("README.md")
    let section = try #require(
      text.components(separatedBy: "\n## ").first { $0.hasPrefix("Six files") })
    let items = section.split(separator: "\n").filter { $0.first?.isNumber == true }
    #expect(items.count == 6)
    for item in items {
      #expect(item.contains("](Sources/"), "a link to a source file: \(item)")
    }
  }

  @Test func theFloorsAreDrawn() {
    let text = SourceTree.text("ARCHITECTURE.md")
    for module in Floors.below.keys.sorted() {
      #expect(text.contains(module), "ARCHITECTURE.md does not name \(module)")
    }
  }

  /// Targets of links, and words in backticks that start like a path of this repository.
  private func mentionedPaths(_ text: String) -> [String] {
    var paths: [String] = []
    for match in text.matches(of: /\]\(([^)#:\s]+)(?:#[^)]*)?\)/) { paths.append(String(match.1)) }
    let tops = ["Sources/", "Tests/", "deploy/", "docs/", "Benchmarks/", ".ci/"]
    for match in text.matches(of: /`([A-Za-z0-9_.\/+-]+)`/) {
      let word = String(match.1)
      if tops.contains(where: { word.hasPrefix($0) }) || word.hasSuffix(".md") {
        paths.append(word)
      }
    }
    return paths
  }
}
