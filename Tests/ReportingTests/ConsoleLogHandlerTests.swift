import Foundation
import Logging
import Testing

@testable import Reporting

@Suite struct ConsoleLogHandlerTests {
  private func log(
    _ format: ConsoleLogHandler.Format, isTerminal: Bool, rank: String? = nil, status: String = ""
  ) -> String {
    let recorder = Recorder()
    let console = recorder.console(isTerminal: isTerminal)
    if !status.isEmpty { console.status(status) }
    let handler = ConsoleLogHandler(
      role: "worker", level: .info, format: format,
      console: console,
      date: { Date(timeIntervalSince1970: 45_296) })
    var logger = Logger(label: "autoloss") { _ in handler }
    logger[metadataKey: "b"] = "2 of 3"
    if let rank { logger[metadataKey: "rank"] = .string(rank) }
    logger.debug("unseen")
    logger.warning(
      "slow disk",
      metadata: [
        "a": .stringConvertible(1), "c": .stringConvertible(0.5), "d": .stringConvertible(true),
      ])
    return recorder.written
  }

  @Test(arguments: [(nil, "worker"), ("3f2a", "worker[3f2a]")])
  func writesTextForPeople(rank: String?, name: String) {
    #expect(
      log(.text, isTerminal: false, rank: rank)
        == "12:34:56 warning  \(name): slow disk a=1 b=\"2 of 3\" c=0.5 d=true\n")
  }

  @Test func coloursTheSeverity() {
    #expect(log(.text, isTerminal: true).contains("\u{1B}[33mwarning \u{1B}[0m"))
  }

  @Test func writesObjectsForMachines() {
    let expected =
      #"{"a":1,"b":"2 of 3","c":0.5,"d":true,"level":"warning","message":"slow disk","#
      + #""rank":"3f2a","role":"worker","time":"1970-01-01T12:34:56Z"}"# + "\n"
    #expect(log(.json, isTerminal: true, rank: "3f2a") == expected)
  }

  @Test func leavesTheStatusLineWhole() {
    let clear = "\r\u{1B}[K"
    let written = log(.json, isTerminal: true, status: "step 3")
    #expect(written.hasPrefix("step 3\(clear){"))
    #expect(written.hasSuffix("}\nstep 3"))
  }
}
