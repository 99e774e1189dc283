import Kernels
import Objectives
import Testing

@testable import Search

/// A slice with five classes.
@Suite struct StrategyWorkspaceClassesTests {
  static let rows = 40
  static let classes = 5
  static let names = StrategyWorkspaceTests.names

  static let logits: [Float] = (0..<rows * classes).map {
    Randomness(seed: 4, purpose: .test).normal(example: $0, lane: 0) * 2
  }

  static func strategy(_ name: String, _ change: (inout SearchOptions) -> Void = { _ in }) throws
    -> Strategy
  {
    try Strategy(name, classes: classes, options: StrategyWorkspaceTests.options(change))
  }

  static func slice(_ logits: [Float]) -> StrategySlice {
    let count = logits.count / classes
    return StrategySlice(
      logits: Floats(logits), labels: Floats((0..<count).map { Float($0 * 7 % classes) }),
      rows: count, batchRows: max(count, 1), seed: 7, step: 3, firstExample: 0)
  }

  /// The mean loss changes with the logits as the gradient says, through every path.
  @Test(
    arguments: [
      "fixed:ce", "weights:4,3,2,1", "random", "al1", "autoloss", "al2", "slf", "darts",
      "uncertainty",
    ])
  func gradientIsTheSlope(_ name: String) throws {
    let strategy = try Self.strategy(name) { $0.attached = true }
    let state = StrategyWorkspaceTests.state(strategy)
    StrategyWorkspaceTests.expectSlope(
      of: strategy, state, Self.logits, rows: Self.rows, step: 0.002
    ) { Self.slice($0) }
  }

  /// The gradient of each example and class is the weighted one of the candidates.
  @Test func equalWeightsAreTheMean() throws {
    let equal = StrategyWorkspace(strategy: try Self.strategy("al1"), maximumRows: Self.rows)
    let gradient = Floats(count: Self.logits.count)
    equal.weigh(Self.slice(Self.logits), into: gradient)
    var mean = [Float](repeating: 0, count: Self.logits.count)
    var loss = 0.0
    for candidate in ["focal", "kl", "hinge", "ce"] {
      let fixed = StrategyWorkspace(
        strategy: try Self.strategy("fixed:\(candidate)"), maximumRows: Self.rows)
      let part = Floats(count: Self.logits.count)
      fixed.weigh(Self.slice(Self.logits), into: part)
      for place in mean.indices { mean[place] += part[place] / 4 }
      loss += fixed.sums.meanLoss / 4
    }
    for (a, b) in zip(mean, gradient.array) { #expect(abs(a - b) < 1e-7) }
    #expect(abs(loss - equal.sums.meanLoss) < 1e-6)
    #expect(equal.sums.counts == [8, 8, 8, 8, 8] && equal.sums.meanShare(3, label: 4) == 0.25)
  }

  /// A slice is a pure function of its arguments: another workspace, called before with another
  /// slice, gives the same bits.
  @Test(arguments: names)
  func sameBitsAgain(_ name: String) throws {
    let strategy = try Self.strategy(name)
    let state = StrategyWorkspaceTests.state(strategy)
    let first = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let second = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows + 9)
    let (a, b) = (Floats(count: Self.logits.count), Floats(count: Self.logits.count))
    first.weigh(Self.slice(Self.logits), controller: state, into: a)
    second.weigh(
      Self.slice(Self.logits.reversed() + Self.logits[..<15]), controller: state,
      into: Floats(count: Self.logits.count + 15))
    second.weigh(Self.slice(Self.logits), controller: state, into: b)
    #expect(a.array == b.array && first.sums == second.sums)
  }

  /// A short last batch leaves slices without rows.
  @Test(arguments: names)
  func emptySliceAddsNothing(_ name: String) throws {
    let strategy = try Self.strategy(name)
    let state = StrategyWorkspaceTests.state(strategy)
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    workspace.weigh(Self.slice([]), controller: state, into: Floats(count: 0))
    #expect(workspace.sums == strategy.noSums)
    if let state, strategy.kind.learnsFrom != .losses {
      workspace.validationGradient(Self.slice([]), controller: state)
      #expect(workspace.controllerGradient.array.allSatisfy { $0 == 0 })
    }
  }

  /// The controller sees labels and predictions: other ones get other weights.
  @Test func theControllerSeesClasses() throws {
    let strategy = try Self.strategy("al2") { $0.dropout = 0 }
    let state = try #require(StrategyWorkspaceTests.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let chances = try #require(workspace.chances)
    func probabilities(_ slice: StrategySlice) -> [Float] {
      workspace.weigh(slice, controller: state, into: Floats(count: Self.logits.count))
      return chances.probabilities.array
    }
    let slice = Self.slice(Self.logits)
    var other = slice
    other.labels = Floats(slice.labels.array.map { 4 - $0 })
    #expect(probabilities(slice) != probabilities(other))
    #expect(probabilities(slice) != probabilities(Self.slice(Self.logits.reversed())))
  }
}
