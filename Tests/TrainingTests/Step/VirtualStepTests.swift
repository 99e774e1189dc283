import Kernels
import Search
import TestSupport
import Testing

@testable import Training

@Suite struct VirtualStepTests {
  private static let size = 0.5
  private static let adamSize = 0.02

  private func scene(
    _ loss: String, _ upper: UpperObjective, classes: Int = 2, threads: Int = 1,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> StepScene {
    let scene = try StepScene(RunFixture(classes: classes), threads: threads) {
      $0.loss = loss
      $0.search.candidates = ["ce", "mse", "focal"]
      $0.search.virtualStep = Self.size
      $0.search.upper = upper
      $0.search.controller.dropout = 0
      $0.search.controller.batchNorm = false
      $0.search.every = 4
      $0.train.batchSize = 100
      change(&$0)
    }
    try scene.train(0..<10)
    return scene
  }

  /// The controller's gradient is the slope of the upper objective as a function of V, with the
  /// virtual step on the way, rows included: by differences of that whole function. With the
  /// paper's objective this holds where the weights do not see predictions, for their path is left
  /// out.
  @Test(
    arguments: [
      ("darts", .paper, 2, "ce mse focal"), ("darts", .logloss, 2, "ce mse focal"),
      ("darts", .loglossAndAUC, 2, "ce mse focal"), ("al2", .logloss, 2, "ce mse focal"),
      ("al2", .logloss, 5, "ce mse focal"), ("darts", .logloss, 2, "ce pair"),
      ("darts", .paper, 2, "ce pair_hinge list_ce"),
      ("al2", .logloss, 2, "ce pair:alpha=0.5 list_ce jrc"),
    ] as [(String, UpperObjective, Int, String)], RunConfiguration.VirtualRule.allCases)
  func theGradientIsTheSlope(
    problem: (loss: String, upper: UpperObjective, classes: Int, candidates: String),
    rule: RunConfiguration.VirtualRule
  ) throws {
    let (loss, upper, classes) = (problem.loss, problem.upper, problem.classes)
    let scene = try scene(loss, upper, classes: classes) {
      $0.search.candidates = problem.candidates.split(separator: " ").map(String.init)
      $0.search.virtualRule = rule
      if rule == .adam { $0.search.virtualStep = Self.adamSize }
    }
    try expectSlope(scene, upper, classes: classes, rule: rule)
  }

  /// The same where rows are held by bounds so low that these do not depend on V: nothing comes
  /// through rows.
  @Test(
    arguments: [("darts", .paper), ("al2", .logloss)] as [(String, UpperObjective)],
    RunConfiguration.VirtualRule.allCases)
  func nothingComesThroughRowsThatAreHeld(
    problem: (loss: String, upper: UpperObjective), rule: RunConfiguration.VirtualRule
  ) throws {
    let scene = try scene(problem.loss, problem.upper) {
      $0.search.virtualRule = rule
      if rule == .adam { $0.search.virtualStep = Self.adamSize }
      ($0.train.cowClip, $0.train.cowClipFloor) = (1e-20, 0)
      // Where Adam has moved a row before, it would move on.
      $0.train.weightDecay = 0
    }
    try expectSlope(scene, problem.upper, classes: 2, rule: rule)
  }

  private func expectSlope(
    _ scene: StepScene, _ upper: UpperObjective, classes: Int, rule: RunConfiguration.VirtualRule
  ) throws {
    let controller = try #require(scene.parts.controller)
    let start = controller.dense.weights.array
    let randomness = Randomness(seed: 5, purpose: .test)
    let direction = start.indices.map { randomness.normal(example: $0, lane: 0) }
    func objective(_ step: Float) throws -> Double {
      for place in start.indices {
        controller.dense.weights[place] = start[place] + step * direction[place]
      }
      return try scene.compute.updateController(step: 12, batch: 3).meanLoss
    }
    // Nearer where the controller has more inputs and more of its ReLUs turn.
    let reach: Float = classes == 5 ? 0.004 : 0.02
    let quotient = try (objective(reach) - objective(-reach)) / (2 * Double(reach))
    _ = try objective(0)
    var slope = 0.0
    for place in start.indices {
      slope += Double(controller.gradient[place]) * Double(direction[place])
    }
    // Of a fixed objective the factor ξ is left out.
    if upper.isFixed { slope *= rule == .adam ? Self.adamSize : Self.size }
    #expect(slope.magnitude > 1e-6)
    // Some ReLUs turn between the probes.
    #expect(abs(quotient - slope) < 0.1 * abs(slope), "\(quotient) and \(slope)")
  }

  /// The step that is made for trial is the one of training at that rate, bounds included: what is
  /// lowered is measured where training gets to.
  @Test(arguments: RunConfiguration.VirtualRule.allCases, [0, 1e-3])
  func triesTheStepOfTraining(rule: RunConfiguration.VirtualRule, clip: Double) throws {
    let fixture = try RunFixture()
    let size = rule == .sgd ? Self.size : Self.adamSize
    /// What is lowered by an update after nine or ten steps that looks ahead by `size`.
    func lowered(_ size: Double, after steps: Int) throws -> Double {
      let scene = try StepScene(fixture) {
        $0.loss = "darts"
        $0.search.candidates = ["ce", "mse", "focal"]
        ($0.search.virtualStep, $0.search.virtualRule) = (size, rule)
        ($0.search.upper, $0.search.every) = (.logloss, 1000)
        $0.model.dropout = 0
        $0.train.batchSize = 100
        $0.train.optimizer = rule == .sgd ? .sgd : .adam
        $0.train.learningRate = rule == .sgd ? Self.size : Self.adamSize
        $0.train.weightDecay = 0
        ($0.train.cowClip, $0.train.cowClipFloor) = (clip, 1e-9)
      }
      try scene.train(1..<1 + steps)
      return try scene.compute.updateController(step: 1 + steps, batch: 3).meanLoss
    }
    let tried = try lowered(size, after: 9)
    let made = try lowered(1e-20, after: 10)
    let before = try lowered(1e-20, after: 9)
    #expect(abs(tried - made) < 1e-5 * made, "\(tried) and \(made), before \(before)")
    #expect(abs(made - before) > 1e-4 * made)
  }

  /// Looking ahead changes W by no bit, and the controller by the same bits for any threads.
  @Test func looksWithoutATrace() throws {
    let scenes = try [1, 3].map { try scene("autoloss", .logloss, threads: $0) }
    func weights(_ scene: StepScene) -> [[Float]] {
      let store = scene.parts.store
      let ids = View((0..<UInt32(store.rows.rowCount)).map { $0 })
      let rows = Floats(count: ids.count * store.rows.width)
      store.peek(ids, into: rows)
      return [rows.array, store.dense.weights.array, store.statistics.array]
    }
    let before = scenes.map(weights)
    for scene in scenes { _ = try scene.compute.updateController(step: 12, batch: 3) }
    #expect(scenes.map(weights) == before)
    #expect(scenes[0].parts.checksum() == scenes[1].parts.checksum())
    #expect(try #require(scenes[0].parts.controller).updates == 4)
  }

  /// Strategies that do not look ahead need no memory for it.
  @Test(arguments: ["fixed:ce", "uncertainty", "slf"])
  func othersDoNot(loss: String) throws {
    let scene = try StepScene(RunFixture(rows: 300)) {
      $0.loss = loss
      $0.search.virtualStep = Self.size
    }
    #expect(VirtualStep(scene.parts, slices: scene.compute.slices) == nil)
  }
}
