import Testing
import Training

@testable import autoloss

@Suite struct RunLogTests {
  @Test(arguments: [
    (["autoloss", "train"], "autoloss train --resume auto"),
    (["autoloss", "train", "--resume", "never"], "autoloss train --resume auto"),
    (["autoloss", "train", "--resume=never"], "autoloss train --resume auto"),
    (
      ["./autoloss", "train", "--out", "a b'c"], "./autoloss train --out 'a b'\\''c' --resume auto"
    ),
  ])
  func tellsHowToGoOn(commandLine: [String], expected: String) {
    #expect(RunLog.resuming(commandLine) == expected)
  }
}
