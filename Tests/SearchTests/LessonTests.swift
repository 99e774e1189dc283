import Kernels
import Testing

@testable import Search

@Suite struct LessonTests {
  /// Only strategies that learn from training steps are moved by one, and none by an empty one.
  @Test(arguments: StrategyWorkspaceTests.names)
  func stepsTeachWhoLearnsFromThem(name: String) throws {
    let strategy = try Strategy(name, options: StrategyWorkspaceTests.options())
    guard let state = StrategyWorkspaceTests.state(strategy) else {
      #expect(strategy.kind.learnsFrom == .nothing)
      return
    }
    let gradient = Floats(count: state.dense.count)
    func learn(_ sums: StrategySums) -> Bool {
      let lesson = strategy.learn(
        from: sums, steps: 0, every: 7, state: state, gradient: gradient)
      if case .none = lesson { return false }
      return true
    }
    #expect(!learn(strategy.noSums))
    let losses: [Double] = strategy.kind.learnsFrom == .losses ? [1, 2, 3, 4] : []
    let sums = StrategySums(
      counts: [2, 1], loss: 1, shares: [Double](repeating: 0.25, count: 8), losses: losses)
    #expect(learn(sums) == (strategy.kind.learnsFrom == .losses))
  }
}
