import Testing
import Transport

@testable import Training

@Suite struct TransportExplanationTests {
  @Test(
    arguments: [
      (.address(text: "x", reason: "y"), .usage, nil),
      (.insecure(endpoint: "tcp://*:1"), .configuration, "tcp://*:1"),
      (.library(version: "4.3.2"), .unavailable, nil),
      (
        .endpoint(operation: "listen", endpoint: "tcp://127.0.0.1:1", reason: "it is taken"),
        .unavailable, "tcp://127.0.0.1:1"
      ),
      (.socket(operation: "send", reason: "no memory"), .unavailable, nil),
    ] as [(TransportError, ExitCode, String?)])
  func errorsOfConnectionsAreExplained(error: TransportError, code: ExitCode, place: String?) {
    #expect(error.exitCode == code)
    #expect(error.place == place)
    #expect(!error.what.isEmpty && !error.what.hasSuffix("."))
    #expect(!error.remedy.isEmpty && !error.what.contains(error.remedy))
  }
}
