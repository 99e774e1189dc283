import Testing

@testable import Search

@Suite struct StrategyKindTests {
  @Test func everyRowIsDescribedAndMakesAStrategy() throws {
    let examples = ["fixed:LOSS": "fixed:ce", "weights:W1,W2,…": "weights:1,2,3,4"]
    #expect(
      StrategyKind.all.map(\.name) == [
        "fixed:LOSS", "weights:W1,W2,…", "random", "al1", "al2", "autoloss", "slf",
        "darts", "melu", "uncertainty", "softadapt",
      ])
    for kind in StrategyKind.all {
      #expect(!kind.formula.isEmpty && !kind.summary.isEmpty && !kind.source.isEmpty)
      let strategy = try Strategy(examples[kind.name] ?? kind.name)
      #expect(strategy.kind.name == kind.name)
      #expect((strategy.controller != nil) == (kind.learnsFrom != .nothing))
      #expect(strategy.noSums.losses.isEmpty == (kind.learnsFrom != .losses))
    }
  }
}
