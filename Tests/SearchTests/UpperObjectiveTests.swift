import Kernels
import Testing

@testable import Objectives
@testable import Search

/// What a controller makes of duplicated, rescaled and destructive candidates under each objective.
@Suite struct UpperObjectiveTests {
  private static let learned = ["darts", "al2", "autoloss"]

  private func share(
    _ text: String, _ loss: String, _ upper: UpperObjective, of candidate: Int, ahead: Float
  ) throws -> Double {
    try shares(Loss.list(text), loss, upper, ahead: ahead)[candidate]
  }

  private func shares(
    _ candidates: [Loss], _ loss: String, _ upper: UpperObjective, ahead: Float
  ) throws -> [Double] {
    var search = try TableSearch(
      Strategy(loss, candidates: candidates) {
        $0.upper = upper
        $0.virtualStep = ahead
      })
    for step in 0..<500 { search.update(step) }
    return search.shares
  }

  /// A candidate that is there twice splits its share, evenly where the weights begin equal, and
  /// which side wins stays the same.
  @Test(arguments: UpperObjective.allCases, learned)
  func duplicatesShare(upper: UpperObjective, loss: String) throws {
    let once = try shares(Loss.list("ce focal"), loss, upper, ahead: 0.1)
    let twice = try shares(Loss.list("ce kl:epsilon=0 focal"), loss, upper, ahead: 0.1)
    #expect(loss != "darts" || abs(twice[0] - twice[1]) < 0.01, "\(twice)")
    #expect(abs(once[0] - once[1]) > 0.05, "\(once)")
    #expect((once[0] > once[1]) == (twice[0] + twice[1] > 2.0 / 3), "\(once), \(twice)")
  }

  /// Of ℓ and 2ℓ the paper's objective takes the smaller; a fixed one the larger, whose step lowers
  /// it more: a bias of scale, too, the other way round. Standardised losses are the same.
  @Test(
    arguments: [
      (.paper, 0, 0...0.05), (.normalised, 0, 0.49...0.51), (.logloss, 0.1, 0.8...1),
      (.loglossAndAUC, 0.1, 0.8...1),
    ] as [(UpperObjective, Float, ClosedRange<Double>)], learned)
  func scalesMatter(
    problem: (upper: UpperObjective, ahead: Float, shares: ClosedRange<Double>), loss: String
  ) throws {
    // A controller whose candidates are all the same stays where it begins.
    if problem.upper == .normalised, loss != "darts" { return }
    let larger = try share(
      "ce focal:gamma=0,alpha=0.5", loss, problem.upper, of: 0, ahead: problem.ahead)
    #expect(problem.shares.contains(larger), "\(larger)")
  }

  /// A loss that does not see labels is driven out by objectives that do.
  @Test(arguments: [UpperObjective.logloss, .loglossAndAUC])
  func destructiveCandidatesGo(upper: UpperObjective) throws {
    let blind = try share("ce ce_smooth:epsilon=1", "darts", upper, of: 1, ahead: 0.1)
    #expect(blind < 0.05, "\(blind)")
  }

  /// Cross entropy with the wrong label teaches the opposite of what validation asks for: it loses
  /// its share, where the smallest loss of each example takes all it can.
  @Test(arguments: [UpperObjective.logloss, .loglossAndAUC], learned)
  func flippedLabelsGo(upper: UpperObjective, loss: String) throws {
    let flipped = LossKind("ce_flipped", "−log q_t", source: "this test") { _ in
      { Slope(value: $0.counterSurprise, derivative: $0.right) }
    }
    let candidates: [Loss] = [.crossEntropy, Loss(flipped)]
    let wrong = try shares(candidates, loss, upper, ahead: 0.1)[1]
    #expect(wrong < (loss == "darts" ? 0.03 : 0.01), "\(wrong)")
    let adopted = try shares(candidates, loss, .paper, ahead: 0)[1]
    #expect(loss == "darts" || adopted > 0.05, "\(adopted)")
  }

  /// The paper's objective keeps it for the examples that are predicted badly: there it is smaller.
  @Test func thePaperAdoptsADestructiveCandidate() throws {
    let blind = try share("ce ce_smooth:epsilon=1", "al2", .paper, of: 1, ahead: 0)
    #expect(blind > 0.1, "\(blind)")
  }

  /// At ξ = 0 the smallest loss wins everywhere, whatever it is good for.
  @Test(arguments: ["al2", "darts"])
  func theSmallestLossWinsAtFirstOrder(loss: String) throws {
    let focal = try share("focal ce", loss, .paper, of: 0, ahead: 0)
    #expect(focal > 0.97, "\(focal)")
    let other = try share("focal ce", loss, .logloss, of: 0, ahead: 0.1)
    #expect(other < 0.5, "\(other)")
  }

  /// An entropy bonus keeps the loser in play.
  @Test func anEntropyBonusHoldsBack() throws {
    var search = try TableSearch(
      Strategy("darts", candidates: Loss.list("focal ce")) { $0.entropyBonus = 1 })
    for step in 0..<500 { search.update(step) }
    #expect(search.shares[1] > 0.2 && search.shares[1] < 0.5, "\(search.shares)")
  }

  /// Gradients of fixed objectives are the slopes of what is told as their loss.
  @Test(arguments: [(UpperObjective.logloss, 2), (.logloss, 5), (.loglossAndAUC, 2)])
  func fixedGradientsAreSlopes(upper: UpperObjective, classes: Int) throws {
    let strategy = try Strategy("darts", classes: classes) {
      $0.upper = upper
      $0.virtualStep = 0.1
      $0.aucWeight = 0.7
    }
    let objective = try #require(FixedObjective(strategy, maximumRows: 21))
    let randomness = Randomness(seed: 8, purpose: .test)
    let outputs = strategy.outputs
    let logits = Floats((0..<21 * outputs).map { randomness.normal(example: $0, lane: 0) })
    let labels = Floats((0..<21).map { Float($0 % classes) })
    let slice = StrategySlice(
      logits: logits, labels: labels, rows: 21, batchRows: 40, seed: 1, step: 0, firstExample: 0)
    let (gradient, other) = (Floats(count: 21 * outputs), Floats(count: 21 * outputs))
    _ = objective.gradient(slice, into: gradient)
    for place in stride(from: 0, to: 21 * outputs, by: 4) {
      let start = logits[place]
      let values = [start + 0.01, start - 0.01].map { moved in
        logits[place] = moved
        return objective.gradient(slice, into: other) / 40
      }
      logits[place] = start
      #expect(abs((values[0] - values[1]) / 0.02 - Double(gradient[place])) < 1e-4)
    }
  }

  @Test func pairsNeedTwoLabels() {
    #expect(UpperObjective.loglossAndAUC.allows(classes: 2))
    #expect(!UpperObjective.loglossAndAUC.allows(classes: 5))
    #expect(UpperObjective.allCases.filter { $0.allows(classes: 5) }.count == 3)
  }
}

extension Strategy {
  /// A strategy whose options are changed from small ones without temperature or dropout.
  init(
    _ name: String, candidates: [Loss] = Loss.paperCandidates, classes: Int = 2,
    _ change: (inout SearchOptions) -> Void
  ) throws {
    var options = SearchOptions()
    (options.hidden, options.batchNorm, options.dropout) = ([16], false, 0)
    change(&options)
    try self.init(name, candidates: candidates, classes: classes, options: options)
  }
}

/// A search whose network is a table: example b has the logit w of its id, so that the virtual step
/// and the velocity of logits are plain sums.
struct TableSearch {
  private static let ids = 40
  private static let rows = 400
  private let workspace: StrategyWorkspace
  private let state: ControllerState
  private let randomness = Randomness(seed: 3, purpose: .test)
  private let logits = Floats(count: Self.rows)
  private let labels = Floats(count: Self.rows)
  private let gradient = Floats(count: Self.rows)
  private var weights = [Float](repeating: 0, count: Self.ids)
  private var moments: [(first: Float, second: Float)]
  /// Mean shares of the candidates in the last training batch.
  private(set) var shares: [Double] = []

  init(_ strategy: Strategy) throws {
    workspace = StrategyWorkspace(strategy: strategy, maximumRows: Self.rows)
    let program = try #require(strategy.controller)
    state = ControllerState(
      dense: program.startDense(randomness), statistics: program.startStatistics())
    if !strategy.seesPredictions { state.dense.fill(0) }
    moments = Array(repeating: (0, 0), count: program.denseCount)
  }

  private func id(_ row: Int) -> Int { row % Self.ids }

  /// The batch of a step, seen by a network with these weights.
  private func slice(_ batch: Int, _ step: Int, _ weights: [Float]) -> StrategySlice {
    for row in 0..<Self.rows {
      logits[row] = weights[id(row)]
      let truth = 3 * Float(id(row)) / Float(Self.ids - 1) - 2
      let chance = 1 / (1 + VectorMath.exp(Octet(repeating: -truth))[0])
      labels[row] = randomness.uniform(example: batch * Self.rows + row, lane: 0) < chance ? 1 : 0
    }
    return StrategySlice(
      logits: logits, labels: labels, rows: Self.rows, batchRows: Self.rows, seed: 1, step: step,
      firstExample: 0)
  }

  private func sums() -> [Float] {
    var sums = [Float](repeating: 0, count: Self.ids)
    for row in 0..<Self.rows { sums[id(row)] += gradient[row] }
    return sums
  }

  /// One update of the controller, then one of the weights.
  mutating func update(_ step: Int) {
    let strategy = workspace.strategy
    if strategy.looksAhead {
      lookAhead(step, strategy.options)
    } else {
      workspace.validationGradient(slice(2 * step + 1, step, weights), controller: state)
    }
    moveController(step + 1)
    workspace.weigh(slice(2 * step, step, weights), controller: state, into: gradient)
    shares = strategy.candidates.indices.map { workspace.sums.meanShare($0) }
    for (id, slope) in sums().enumerated() { weights[id] -= 20 * slope }
  }

  private func lookAhead(_ step: Int, _ options: SearchOptions) {
    workspace.weigh(slice(2 * step, step, weights), controller: state, into: gradient)
    let virtual = zip(weights, sums()).map { $0 - options.virtualStep * $1 }
    workspace.upperGradient(
      slice(2 * step + 1, step, virtual), controller: state, into: gradient)
    let direct = options.upper.isFixed ? nil : workspace.controllerGradient.array
    let direction = sums()
    let velocity = Floats((0..<Self.rows).map { direction[id($0)] })
    workspace.implicitGradient(
      slice(2 * step, step, weights), velocity: velocity,
      factor: options.upper.isFixed ? 1 : options.virtualStep, controller: state)
    for (place, value) in (direct ?? []).enumerated() {
      workspace.controllerGradient[place] += value
    }
  }

  /// Adam at a rate of 0.03.
  private mutating func moveController(_ step: Int) {
    let (first, second) = (1 - power(0.9, step), 1 - power(0.999, step))
    for place in 0..<state.dense.count {
      let slope = workspace.controllerGradient[place]
      moments[place].first += 0.1 * (slope - moments[place].first)
      moments[place].second += 0.001 * (slope * slope - moments[place].second)
      let scale = (moments[place].second / second).squareRoot() + 1e-8
      state.dense[place] -= 0.03 * moments[place].first / first / scale
    }
  }

  private func power(_ base: Float, _ count: Int) -> Float {
    (0..<count).reduce(1) { value, _ in value * base }
  }
}
