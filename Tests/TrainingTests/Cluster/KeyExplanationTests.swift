import Testing
import Transport

@testable import Training

@Suite struct KeyExplanationTests {
  @Test(
    arguments: [
      (.missing, .missingInput), (.malformed, .badData), (.exposed, .configuration),
      (.choice, .configuration), (.exists, .cannotCreate), (.system, .inputOutput),
    ] as [(KeyError.Kind, ExitCode)])
  func everyKindHasItsCode(kind: KeyError.Kind, code: ExitCode) {
    let error = KeyError(kind, "what", at: "keys/a.key", remedy: "do it")
    #expect(error.exitCode == code)
    #expect((error as any Explained).place == "keys/a.key")
    #expect(error.description == "keys/a.key: what; do it")
  }
}
