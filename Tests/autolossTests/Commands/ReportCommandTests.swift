import Foundation
import Testing

@Suite struct ReportCommandTests {
  @Test func aPageAndTheSameForScripts() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder, loss: "autoloss")
      let result = try CommandLineTool.run(["report", "--run", "run"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("the page is"))
      let page = try String(contentsOf: folder.appending(path: "run/report.html"), encoding: .utf8)
      for text in ["Share of each candidate", "What the controller answers", "Quality on"] {
        #expect(page.contains(text), "\(text)")
      }
      let scripted = try CommandLineTool.run(["report", "--run", "run", "--json"], in: folder)
      let found = try RawRows.object(scripted.output)
      #expect((found["findings"] as? [String])?.isEmpty == false)
      let response = try #require(found["response"] as? [String: Any])
      #expect((response["candidates"] as? [String])?.count == 4)
    }
  }

  @Test func aPageThatCannotBeWrittenIsTold() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let result = try CommandLineTool.run(
        ["report", "--run", "run", "--out", "absent/page.html"], in: folder)
      #expect(result.exitCode == 73)
      #expect(result.errors.contains("the page could not be written"))
    }
  }

  @Test func aMissingRunIsTold() throws {
    let result = try CommandLineTool.run(["report", "--run", "absent"])
    #expect(result.exitCode == 66)
    #expect(result.output.isEmpty)
  }
}
