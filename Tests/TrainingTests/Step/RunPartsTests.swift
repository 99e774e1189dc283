import Optimization
import Testing

@testable import Training

@Suite struct RunPartsTests {
  private func parts(
    holding: RunParts.Holding = .all, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> RunParts {
    var configuration = RunConfiguration()
    configuration.search = RunConfiguration.paperSearch
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [8]
    change(&configuration)
    return try RunParts(
      configuration, fieldSizes: [5, 7, 3], holding: holding)
  }

  @Test func objectivesOfPairsNeedTwoLabels() throws {
    var configuration = RunConfiguration()
    configuration.search.upper = .loglossAndAUC
    _ = try RunParts(configuration, fieldSizes: [5, 7, 3])
    let failure = #expect(throws: Failure.self) {
      try RunParts(configuration, fieldSizes: [5, 7, 3], classes: 5)
    }
    #expect(failure?.place == "search.upper")
  }

  @Test func whatDoesNotExistIsRefused() {
    let changes: [(String, (inout RunConfiguration) -> Void)] = [
      ("search.candidates", { $0.search.candidates = ["ce", "kll"] }),
      ("loss", { $0.loss = "autolos" }),
      // Three fields, and none of them is said to be the user's.
      ("model.userField", { $0.model.name = .ncf }),
    ]
    for (place, change) in changes {
      let error = #expect(throws: Failure.self) { try parts(change) }
      #expect(error?.place == place)
      #expect(error?.exitCode == .configuration)
    }
  }

  @Test(arguments: [(100, 4, 25), (101, 4, 26), (50, 3, 17), (8, 1, 8)])
  func theLongestSliceHasRoom(batchSize: Int, slices: Int, capacity: Int) throws {
    let parts = try parts {
      $0.train.batchSize = batchSize
      $0.train.slices = slices
    }
    #expect(parts.sliceCapacity == capacity)
  }

  @Test func aWorkerHoldsNoRows() throws {
    let whole = try parts()
    let worker = try parts(holding: .none)
    #expect(whole.store.rows.rowCount == 15)
    #expect(worker.store.rows.rowCount == 0)
    #expect(worker.schema.rowCount == 15)
    #expect(worker.parameterCount == whole.parameterCount)
    #expect(whole.parameterCount == 15 * 5 + whole.program.denseCount)
  }

  @Test(
    arguments: [
      ("fixed:ce", false, false), ("weights:1,2,3,4", false, false), ("random", false, false),
      ("al2", true, true), ("autoloss", true, true), ("slf", true, true), ("darts", true, true),
      ("melu", true, false), ("uncertainty", true, false), ("softadapt", true, false),
    ])
  func onlyStrategiesThatLearnHaveAController(
    loss: String, hasController: Bool, validates: Bool
  ) throws {
    let parts = try parts { $0.loss = loss }
    #expect((parts.controller != nil) == hasController)
    #expect((parts.validationSizes != nil) == validates)
    #expect(parts.validatedController?.dense.count == parts.validationSizes?.denseCount)
  }

  @Test(
    arguments: [
      (.adam, .coupled, .adam(learningRate: 0.25, weightDecay: 0.5)),
      (.adam, .decoupled, .adam(learningRate: 0.25, weightDecay: 0.5, decay: .decoupled)),
      (.lazyAdam, .coupled, .lazyAdam(learningRate: 0.25, weightDecay: 0.5)),
      (.sgd, .decoupled, .sgd(learningRate: 0.25, weightDecay: 0.5, decay: .decoupled)),
    ] as [(RunConfiguration.Optimizer, RunConfiguration.Decay, UpdateRule)])
  func theUpdateRuleIsAsConfigured(
    optimizer: RunConfiguration.Optimizer, decay: RunConfiguration.Decay, rule: UpdateRule
  ) throws {
    let parts = try parts {
      $0.train.optimizer = optimizer
      $0.train.decay = decay
      $0.train.learningRate = 0.25
      $0.train.weightDecay = 0.5
    }
    #expect(parts.store.rows.rule == rule)
    #expect(parts.store.dense.rule == rule)
  }
}
