import Foundation
import Logging
import Testing

@testable import Reporting

@Suite struct ConsoleLogHandlerTests {
  private func log(_ format: ConsoleLogHandler.Format, isTerminal: Bool) -> String {
    let recorder = Recorder()
    let handler = ConsoleLogHandler(
      label: "autoloss", level: .info, format: format,
      console: recorder.console(isTerminal: isTerminal),
      date: { Date(timeIntervalSince1970: 45_296) })
    var logger = Logger(label: "autoloss") { _ in handler }
    logger[metadataKey: "b"] = "2"
    logger.debug("unseen")
    logger.warning("slow disk", metadata: ["a": "1"])
    return recorder.written
  }

  @Test func writesTextForPeople() {
    #expect(log(.text, isTerminal: false) == "12:34:56 warning  slow disk a=1 b=2\n")
  }

  @Test func coloursTheSeverity() {
    #expect(log(.text, isTerminal: true).contains("\u{1B}[33mwarning \u{1B}[0m"))
  }

  @Test func writesObjectsForMachines() {
    let expected =
      #"{"a":"1","b":"2","label":"autoloss","level":"warning","message":"slow disk","#
      + #""time":"1970-01-01T12:34:56Z"}"# + "\n"
    #expect(log(.json, isTerminal: true) == expected)
  }
}
