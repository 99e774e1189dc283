import Testing

@testable import Training

@Suite struct ExplainedTests {
  @Test func tellsWhatWhereAndWhatToDo() {
    let failure = Failure(
      "no rows", at: "raw.tsv:3", remedy: "check the download", exitCode: .badData)
    #expect(failure.description == "error: no rows\n  at: raw.tsv:3\n  fix: check the download")
  }

  @Test func leavesOutAnUnknownPlace() {
    let failure = Failure("no memory", remedy: "use a smaller batch", exitCode: .internalFault)
    #expect(failure.description == "error: no memory\n  fix: use a smaller batch")
  }
}
