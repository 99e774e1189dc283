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
      let sections = [
        "Share of each candidate", "What the controller answers", "Training", "examples per second",
        "Quality on", "Reliability", "predicted = actual", "<td>logloss, on validation rows</td>",
        "its virtual step ξ", "its scaled logloss", "its calibration error",
      ]
      for text in sections {
        #expect(page.contains(text), "\(text)")
      }
      let scripted = try CommandLineTool.run(["report", "--run", "run", "--json"], in: folder)
      let found = try RawRows.object(scripted.output)
      #expect((found["findings"] as? [String])?.isEmpty == false)
      let response = try #require(found["response"] as? [String: Any])
      #expect(response["candidates"] as? [String] == ["ce", "mae", "gce"])
      // A run of a few steps has a point for each.
      let points = try #require(found["progress"] as? [[String: Any]])
      #expect(points.compactMap { $0["step"] as? Int } == Array(1...points.count))
      #expect(points.count > 3)
      let aim = try #require(found["aim"] as? [String: Any])
      #expect(aim["upper"] as? String == "logloss" && aim["every"] as? Int == 7)
    }
  }

  /// The last point says how many labels there are; one that knows fewer leaves gaps.
  @Test func sharesOfFewerLabelsAreDrawnToo() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder, loss: "autoloss")
      let file = folder.appending(path: "run/metrics.jsonl")
      var text = try String(contentsOf: file, encoding: .utf8)
      for (place, shares) in [[0.5], [0.25, 0.5, 0.25]].enumerated() {
        text += """
          {"epoch":0,"event":"point","examplesPerSecond":10,"loss":0.5,"shares":[{"all":1,\
          "byLabel":\(shares),"candidate":"ce"}],"step":\(1000 + place),"time":1,\
          "totalSteps":9,"workers":0}

          """
      }
      try Data(text.utf8).write(to: file)
      let result = try CommandLineTool.run(["report", "--run", "run"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let page = try String(contentsOf: folder.appending(path: "run/report.html"), encoding: .utf8)
      #expect(page.contains("examples with label 2"))
    }
  }

  @Test func aPageThatCannotBeWrittenIsTold() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let result = try CommandLineTool.run(
        ["report", "--run", "run", "--out", "absent/page.html"], in: folder)
      #expect(result.exitCode == 73)
      #expect(result.errors.contains("the page could not be written"))
      #expect(result.errors.contains("check that its folder exists"))
    }
  }

  @Test func aMissingRunIsTold() throws {
    let result = try CommandLineTool.run(["report", "--run", "absent"])
    #expect(result.exitCode == 66)
    #expect(result.output.isEmpty)
  }
}
