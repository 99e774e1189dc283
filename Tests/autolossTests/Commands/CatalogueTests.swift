import Foundation
import Objectives
import Search
import Testing

/// Commands that list tables of the library.
@Suite struct CatalogueTests {
  @Test func lossesAreAllListed() throws {
    let table = try CommandLineTool.run(["losses"]).output
    for kind in LossKind.all { #expect(table.contains(kind.name)) }
  }

  @Test func strategiesAreAllListed() throws {
    let table = try CommandLineTool.run(["strategies"]).output
    for kind in StrategyKind.all { #expect(table.contains(kind.name)) }
  }

  @Test func theVersionIsThatOfTheChangelog() throws {
    let version = try CommandLineTool.run(["version"]).output.split(separator: " ").last
    let number = try #require(version).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(SourceTree.text("CHANGELOG.md").contains("\n## \(number)"))
  }

  @Test(arguments: ["losses", "strategies"])
  func listsAreJSONToo(command: String) throws {
    let output = try CommandLineTool.run([command, "--json"]).output
    let list = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    #expect(list?.isEmpty == false)
  }
}
