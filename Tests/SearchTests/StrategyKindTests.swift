import Testing

@testable import Search

@Suite struct StrategyKindTests {
  @Test func everyRowIsDescribedAndMakesAStrategy() throws {
    #expect(StrategyKind.all.map(\.name) == ["fixed:LOSS", "al1", "al2", "autoloss"])
    for kind in StrategyKind.all {
      #expect(!kind.formula.isEmpty && !kind.summary.isEmpty && !kind.source.isEmpty)
      let strategy = try Strategy(kind.name == "fixed:LOSS" ? "fixed:ce" : kind.name)
      #expect((strategy.controller != nil) == kind.hasController)
      #expect((strategy.constantWeights == nil) == kind.hasController)
    }
  }
}
