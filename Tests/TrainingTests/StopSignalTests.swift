import Testing

@testable import Training

/// Real signals are sent to whole processes, in the tests of the command-line tool: here they
/// would stop the runs of other tests.
@Suite struct StopSignalTests {
  @Test func remembersThatItWasAsked() {
    let stop = StopSignal(listening: false)
    #expect(!stop.isRequested)
    stop.request()
    stop.request()
    #expect(stop.isRequested)
    #expect(!StopSignal(listening: false).isRequested)
  }
}
