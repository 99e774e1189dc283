import Graph
import Kernels
import Objectives
import Testing

@testable import Search

@Suite struct StrategyWorkspaceTests {
  static let rows = 40
  static let names = [
    "fixed:ce", "fixed:hinge", "weights:4,3,2,1", "random", "al1", "al2", "autoloss", "slf",
    "darts", "melu", "uncertainty", "softadapt",
  ]

  static func options(_ change: (inout SearchOptions) -> Void = { _ in }) -> SearchOptions {
    var options = SearchOptions()
    options.hidden = [16, 8]
    change(&options)
    return options
  }

  static func state(_ strategy: Strategy) -> ControllerState? {
    strategy.controller.map {
      let dense = $0.startDense(Randomness(seed: 2, purpose: .strategy))
      if !strategy.seesPredictions {
        // Learned vectors begin at 0, where a fault might not be seen.
        for place in 0..<dense.count { dense[place] = 0.7 - 0.4 * Float(place) }
      }
      return ControllerState(dense: dense, statistics: $0.startStatistics())
    }
  }

  static func slice(_ logits: [Float]) -> StrategySlice {
    let labels = logits.indices.map { Float($0 % 3 == 0 ? 1 : 0) }
    return StrategySlice(
      logits: Floats(logits), labels: Floats(labels), rows: logits.count,
      batchRows: max(logits.count, 1), seed: 7, step: 3, firstExample: 0)
  }

  static let logits: [Float] = (0..<rows).map {
    Randomness(seed: 4, purpose: .test).normal(example: $0, lane: 0) * 2
  }

  /// Expects that the mean loss changes along a direction as the gradient at `logits` says.
  static func expectSlope(
    of strategy: Strategy, _ state: ControllerState?, _ logits: [Float], rows: Int,
    step: Float = 0.004, _ slice: ([Float]) -> StrategySlice
  ) {
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: rows)
    let gradient = Floats(count: logits.count)
    func loss(_ logits: [Float]) -> Double {
      workspace.weigh(slice(logits), controller: state, into: gradient)
      return workspace.sums.meanLoss
    }
    let direction = logits.indices.map { Float($0 % 7) * 0.3 - 0.8 }
    let up = loss(zip(logits, direction).map { $0 + step * $1 })
    let down = loss(zip(logits, direction).map { $0 - step * $1 })
    _ = loss(logits)
    let slope = zip(gradient.array, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    let quotient = (up - down) / Double(2 * step)
    #expect(abs(quotient - slope) < 0.02 * abs(slope) + 1e-4, "\(quotient) and \(slope)")
  }

  /// The mean loss changes with the logits as the gradient says, through every path: with ŷ
  /// attached the controller's batch norm ties the examples together.
  @Test(
    arguments: [
      "fixed:ce", "weights:4,3,2,1", "random", "al1", "autoloss", "al2", "slf", "darts",
      "uncertainty",
    ])
  func gradientIsTheSlope(_ name: String) throws {
    let strategy = try Strategy(name, options: Self.options { $0.attached = true })
    let state = Self.state(strategy)
    Self.expectSlope(of: strategy, state, Self.logits, rows: Self.rows) { Self.slice($0) }
  }

  /// The same where a candidate compares the examples of the slice, weighed one by one.
  @Test(
    arguments: [
      "fixed:pair", "weights:3,2,1", "random", "al1", "al2", "autoloss", "slf", "darts",
      "uncertainty",
    ])
  func comparisonsHaveTheirSlope(_ name: String) throws {
    let strategy = try Strategy(
      name, candidates: Loss.list("ce pair list_ce"), options: Self.options { $0.attached = true })
    let state = Self.state(strategy)
    Self.expectSlope(of: strategy, state, Self.logits, rows: Self.rows) { Self.slice($0) }
  }

  /// What looking ahead makes of a training slice is the slope of its controller's gradient along
  /// the logits' velocity, where the shares of examples move with the logits of others.
  @Test(arguments: ["autoloss", "al2"])
  func comparisonsMoveTheControllersGradient(_ name: String) throws {
    let strategy = try Strategy(
      name, candidates: Loss.list("ce pair:alpha=0.3 pair_hinge list_ce jrc"),
      options: Self.options {
        $0.attached = true
        $0.virtualStep = 0.1
        $0.upper = .logloss
        $0.batchNorm = false
      })
    let state = try #require(Self.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let velocity = Self.logits.indices.map { Float($0 % 7) * 0.3 - 0.8 }
    func gradient(_ step: Float) -> [Double] {
      let logits = zip(Self.logits, velocity).map { $0 + step * $1 }
      workspace.weigh(
        Self.slice(logits), controller: state, into: Floats(count: Self.rows))
      return workspace.controllerGradient.array.map(Double.init)
    }
    let step: Float = 0.002
    let quotients = zip(gradient(step), gradient(-step)).map { ($1 - $0) / Double(2 * step) }
    workspace.implicitGradient(
      Self.slice(Self.logits), velocity: Floats(velocity), factor: 1, controller: state)
    var (error, size) = (0.0, 0.0)
    for (found, quotient) in zip(workspace.controllerGradient.array, quotients) {
      error += (Double(found) - quotient) * (Double(found) - quotient)
      size += quotient * quotient
    }
    #expect(error.squareRoot() < 0.02 * size.squareRoot(), "\(error) of \(size)")
  }

  @Test(arguments: ["autoloss", "al2", "slf", "darts"], [true, false])
  func controllerGradientIsTheSlope(_ name: String, _ option: Bool) throws {
    let strategy = try Strategy(
      name,
      options: Self.options {
        $0.validationNoise = option
        $0.batchNorm = option
      })
    let state = try #require(Self.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let slice = Self.slice(Self.logits)
    let randomness = Randomness(seed: 6, purpose: .test)
    func loss(_ step: Float) -> Double {
      let moved = Floats(state.dense.array)
      for place in 0..<moved.count {
        moved[place] += step * (randomness.uniform(example: place, lane: 0) - 0.5)
      }
      workspace.validationGradient(
        slice, controller: ControllerState(dense: moved, statistics: state.statistics))
      return workspace.sums.meanLoss
    }
    let quotient = (loss(0.004) - loss(-0.004)) / 0.008
    _ = loss(0)
    let slope = (0..<state.dense.count).reduce(0.0) {
      let direction = randomness.uniform(example: $1, lane: 0) - 0.5
      return $0 + Double(workspace.controllerGradient[$1] * direction)
    }
    #expect(abs(quotient - slope) < 0.02 * abs(slope), "\(quotient) and \(slope)")
  }

  @Test func equalWeightsAreTheMean() throws {
    let equal = StrategyWorkspace(strategy: try Strategy("al1"), maximumRows: Self.rows)
    let gradient = Floats(count: Self.rows)
    equal.weigh(Self.slice(Self.logits), into: gradient)
    var mean = [Float](repeating: 0, count: Self.rows)
    var loss = 0.0
    for candidate in ["focal", "kl", "hinge", "ce"] {
      let fixed = StrategyWorkspace(
        strategy: try Strategy("fixed:\(candidate)"), maximumRows: Self.rows)
      let part = Floats(count: Self.rows)
      fixed.weigh(Self.slice(Self.logits), into: part)
      for row in 0..<Self.rows { mean[row] += part[row] / 4 }
      loss += fixed.sums.meanLoss / 4
    }
    for row in 0..<Self.rows { #expect(abs(mean[row] - gradient[row]) < 1e-7) }
    #expect(abs(loss - equal.sums.meanLoss) < 1e-6)
    #expect(equal.sums.meanShare(2) == 0.25 && equal.sums.meanShare(0, label: 1) == 0.25)
  }

  /// A slice is a pure function of its arguments: another workspace, called before with another
  /// slice, gives the same bits.
  @Test(arguments: names)
  func sameBitsAgain(_ name: String) throws {
    let strategy = try Strategy(name, options: Self.options())
    let state = Self.state(strategy)
    let first = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let second = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows + 9)
    let (a, b) = (Floats(count: Self.rows), Floats(count: Self.rows))
    first.weigh(Self.slice(Self.logits), controller: state, into: a)
    second.weigh(
      Self.slice(Self.logits.reversed() + [1, 2, 3]), controller: state,
      into: Floats(count: Self.rows + 3))
    second.weigh(Self.slice(Self.logits), controller: state, into: b)
    #expect(a.array == b.array && first.sums == second.sums)
  }

  /// A short last batch leaves slices without rows.
  @Test(arguments: names)
  func emptySliceAddsNothing(_ name: String) throws {
    let strategy = try Strategy(name, options: Self.options())
    let state = Self.state(strategy)
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    var slice = Self.slice([])
    slice.batchRows = Self.rows
    workspace.weigh(slice, controller: state, into: Floats(count: 0))
    #expect(workspace.sums == strategy.noSums)
    if let state, strategy.kind.learnsFrom != .losses {
      workspace.validationGradient(slice, controller: state)
      #expect(workspace.controllerGradient.array.allSatisfy { $0 == 0 })
    }
  }

  @Test func givenWeightsAreShares() throws {
    let strategy = try Strategy("weights:1,0,2,5")
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    workspace.weigh(Self.slice(Self.logits), into: Floats(count: Self.rows))
    #expect((0..<4).map { workspace.sums.meanShare($0) } == [0.125, 0, 0.25, 0.625])
  }

  /// Every example has one candidate, each about as often, and others at the next step.
  @Test func randomChoicesAreEvenAndNew() throws {
    let rows = 4000
    let strategy = try Strategy("random")
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: rows)
    func weights(_ step: Int, from first: Int, rows: Int) -> [[Float]] {
      let slice = StrategySlice(
        logits: Floats(count: rows), labels: Floats(count: rows), rows: rows, batchRows: rows,
        seed: 7, step: step, firstExample: first)
      workspace.weigh(slice, into: Floats(count: rows))
      return (0..<rows).map { row in
        (0..<4).map { workspace.weights[$0 * workspace.candidates.columnLength + row] }
      }
    }
    let first = weights(3, from: 0, rows: rows)
    #expect(first.allSatisfy { $0.sorted() == [0, 0, 0, 1] })
    for candidate in 0..<4 {
      let share = workspace.sums.meanShare(candidate)
      // Five standard deviations.
      #expect(abs(share - 0.25) < 5 * (0.1875 / Double(rows)).squareRoot())
    }
    let same = zip(first, weights(4, from: 0, rows: rows)).count { $0 == $1 }
    #expect(abs(same - rows / 4) < 140)
    // A choice belongs to the example's place in the batch, not in the slice.
    #expect(Array(first[1000..<1100]) == weights(3, from: 1000, rows: 100))
  }

  /// Uncertainties weigh by e^{−s}; what is told as shares sums to 1.
  @Test func uncertaintiesWeighByTheirPrecision() throws {
    let strategy = try Strategy("uncertainty", candidates: Loss.list("ce mae"))
    let state = try #require(Self.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    workspace.weigh(
      Self.slice(Self.logits), controller: state, into: Floats(count: Self.rows))
    let length = workspace.candidates.columnLength
    for candidate in 0..<2 {
      let expected = UncertaintyWeights.weight(state.dense[candidate])
      #expect(workspace.weights[candidate * length + 3] == expected)
    }
    let sum = (0..<2).map { UncertaintyWeights.weight(state.dense[$0]) }.reduce(0, +)
    let share = Double(workspace.weights[3] / sum)
    #expect(abs(workspace.sums.meanShare(0) - share) < 1e-6)
    let mean = (0..<2).reduce(0.0) {
      $0 + workspace.sums.meanLoss($1) * Double(workspace.weights[$1 * length])
    }
    #expect(abs(mean - workspace.sums.meanLoss) < 1e-5)
  }

  @Test func trainingAndValidationDrawApart() throws {
    let strategy = try Strategy("autoloss", options: Self.options { $0.dropout = 0 })
    let state = try #require(Self.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let slice = Self.slice(Self.logits)
    let chances = try #require(workspace.chances)
    workspace.weigh(slice, controller: state, into: Floats(count: Self.rows))
    let training = chances.probabilities.array
    workspace.validationGradient(slice, controller: state)
    #expect(chances.probabilities.array != training)
  }

  @Test(arguments: names.filter { !$0.hasPrefix("fixed") })
  func sharesSumToOne(_ name: String) throws {
    let strategy = try Strategy(name, options: Self.options())
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    workspace.weigh(
      Self.slice(Self.logits), controller: Self.state(strategy), into: Floats(count: Self.rows))
    for label in [nil, 0, 1] {
      let sum = (0..<4).reduce(0) { $0 + workspace.sums.meanShare($1, label: label) }
      #expect(abs(sum - 1) < 1e-6)
    }
  }

  /// At ξ = 0 the controller's update moves mass to the smallest loss of each example: with focal
  /// and cross entropy as candidates, to focal everywhere.
  @Test func paperObjectivePrefersTheSmallestLoss() throws {
    let options = Self.options { $0.dropout = 0 }
    let strategy = try Strategy(
      "autoloss", candidates: Loss.list("focal ce"), options: options)
    let state = try #require(Self.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    for step in 0..<300 {
      var slice = Self.slice(Self.logits)
      slice.step = step
      workspace.validationGradient(slice, controller: state)
      for place in 0..<state.dense.count {
        state.dense[place] -= workspace.controllerGradient[place]
      }
      for place in 0..<state.statistics.count {
        state.statistics[place] +=
          0.1
          * (workspace.batchStatistics[place] - state.statistics[place])
      }
    }
    let response = try #require(ControllerResponse(strategy, state: state, points: 9))
    for point in 1..<8 {
      #expect(response.answers[0][point][0] > 0.7, "ŷ = \(response.predictions[point])")
      #expect(response.answers[1][point][0] > 0.7, "ŷ = \(response.predictions[point])")
    }
  }
}
