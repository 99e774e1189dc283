import Foundation
import Testing

@testable import Reporting

@Suite struct MetricsLogTests {
  private struct Evaluation: Encodable {
    var step = 3
    var auc = 0.75
    var loss = Double.nan
  }

  @Test func writesOneObjectAnEvent() throws {
    let line = try MetricsLog.line("evaluated", Evaluation(), time: 12.5)
    #expect(line == #"{"auc":0.75,"event":"evaluated","loss":"nan","step":3,"time":12.5}"#)
  }

  @Test func appendsToWhatIsThere() throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "metrics-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    for _ in 0..<2 {
      let log = try MetricsLog(file: file, now: { 1 })
      try log.append("evaluated", Evaluation())
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
  }

  @Test func saysWhenTheFileCannotBeMade() {
    let file = URL(filePath: "/nonexistent/folder/metrics.jsonl")
    #expect(throws: (any Error).self) { try MetricsLog(file: file) }
  }
}
