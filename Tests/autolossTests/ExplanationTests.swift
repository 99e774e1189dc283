import Datasets
import Testing
import Training

@testable import autoloss

@Suite struct ExplanationTests {
  @Test(arguments: [
    (DataError.Kind.missing, ExitCode.missingInput), (.malformed, .badData), (.corrupt, .badData),
    (.exists, .cannotCreate), (.system, .inputOutput),
  ])
  func errorsOfDataHaveCodes(kind: DataError.Kind, code: ExitCode) throws {
    let error = DataError(kind, "read shard", at: "data/0", "it is torn", remedy: "copy it again")
    let explained = try #require(Explanation.of(error))
    #expect(explained.exitCode == code)
    #expect(
      explained.description == """
        error: read shard: it is torn
          at: data/0
          fix: copy it again
        """)
  }

  @Test func unknownErrorsAreFaultsOfOurs() {
    struct Surprise: Error {}
    #expect(Explanation.of(Surprise())?.exitCode == .internalFault)
  }
}
