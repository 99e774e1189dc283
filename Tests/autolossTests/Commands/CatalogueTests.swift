import Foundation
import Models
import Objectives
import Search
import Testing

/// Commands that list tables of the library.
@Suite struct CatalogueTests {
  @Test func lossesAreAllListed() throws {
    let table = try CommandLineTool.run(["losses"]).output
    for kind in LossKind.all { #expect(table.contains(kind.name)) }
  }

  @Test func modelsAreAllListed() throws {
    let output = try CommandLineTool.run(["models", "--json"]).output
    let list = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    #expect(list?.compactMap { $0["name"] as? String } == ModelKind.allCases.map(\.rawValue))
    let table = try CommandLineTool.run(["models"]).output
    for kind in ModelKind.allCases { #expect(table.contains("\n\(kind.rawValue) ")) }
    // One weight for each of Criteo's values, and a bias.
    let lr = list?.first { $0["name"] as? String == "lr" }
    #expect(lr?["parameters"] as? Int == 1_086_810 + 1)
    let hofm = list?.first { $0["name"] as? String == "hofm" }
    #expect((hofm?["defaults"] as? [String: String])?["order"] == "3")
    #expect(hofm?["parameters"] as? Int == 1_086_810 * (2 * 16 + 1) + 1)
    // For users and movies.
    let ncf = list?.first { $0["name"] as? String == "ncf" }
    #expect((165_771 * 16...165_771 * 17).contains(ncf?["parameters"] as? Int ?? 0))
    #expect(table.contains("embeddingWidth=16 embeddingDeviation=0.0 hidden=[128, 128]"))
  }

  @Test func strategiesAreAllListed() throws {
    let table = try CommandLineTool.run(["strategies"]).output
    for kind in StrategyKind.all + [.bohb] { #expect(table.contains("\n\(kind.name) ")) }
  }

  @Test func theVersionIsThatOfTheChangelog() throws {
    let words = try CommandLineTool.run(["version"]).output.split(separator: " ")
    let number = try #require(words.dropFirst().first)
    #expect(words.contains("for"), "which processors it was built for")
    #expect(SourceTree.text("CHANGELOG.md").contains("\n## \(number)"))
  }

  @Test(arguments: ["losses", "models", "strategies"])
  func listsAreJSONToo(command: String) throws {
    let output = try CommandLineTool.run([command, "--json"]).output
    let list = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    #expect(list?.isEmpty == false)
  }
}
