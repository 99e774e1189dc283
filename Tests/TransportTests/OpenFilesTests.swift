import Testing

@testable import Transport

/// What a process without free descriptors does is shown by `StrangersTests`.
@Suite struct OpenFilesTests {
  @Test func theLimitIsRaisedAndNeverLowered() {
    let before = OpenFiles.limit
    OpenFiles.raiseLimit()
    let raised = OpenFiles.limit
    #expect(raised >= before && raised > 16)
    OpenFiles.raiseLimit()
    #expect(OpenFiles.limit == raised)
  }

  @Test func aLookOpensNothing() {
    for _ in 0..<OpenFiles.limit.clamped(to: 1000...30_000) where OpenFiles.areExhausted {
      Issue.record("a process with free descriptors is told to have none")
      return
    }
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
