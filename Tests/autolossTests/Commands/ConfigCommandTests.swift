import Foundation
import Testing
import Training

@Suite struct ConfigCommandTests {
  @Test func showsWhereValuesComeFrom() throws {
    let result = try CommandLineTool.run(
      ["config", "show", "--origin", "--set", "train.seed=5", "--controller", "c", "--loss", "al2"])
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("train.seed ") && $0.hasSuffix("--set train.seed=5") })
    #expect(
      lines.contains {
        $0.hasPrefix("search.controller.file ") && $0.hasSuffix("--controller")
      })
    #expect(lines.contains { $0.hasPrefix("loss ") && $0.hasSuffix("--loss") })
    #expect(lines.contains { $0.hasPrefix("train.epochs ") && $0.hasSuffix("default") })
  }

  @Test func listsEveryKey() throws {
    let output = try CommandLineTool.run(["config", "keys"]).output
    for key in ConfigurationKey.all { #expect(output.contains(key.path)) }
  }

  @Test func printsThePageOfTheDocs() throws {
    let output = try CommandLineTool.run(["config", "reference"]).output
    #expect(output == ConfigurationReference.page)
  }

  @Test func checkingACorrectConfigurationSaysSo() throws {
    let result = try CommandLineTool.run(["config", "check", "--loss", "al2"])
    #expect(result.exitCode == 0)
    #expect(result.output.isEmpty)
  }
}
