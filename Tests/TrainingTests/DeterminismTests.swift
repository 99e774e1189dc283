import Foundation
import Models
import Testing

@testable import Training

/// The first promise: the model is a function of configuration, data and seed.
@Suite struct DeterminismTests {
  @Test(
    arguments: [
      "fixed:ce", "fixed:pair", "fixed:list_ce", "fixed:jrc", "weights:4,3,2,1", "random", "al1",
      "al2", "autoloss", "slf", "darts", "melu", "uncertainty", "softadapt:beta=2",
    ])
  func threadsChangeNoBit(loss: String) throws {
    let fixture = try RunFixture()
    let checksums = try [1, 2, 3, 5].map { threads in
      try TrainingRun.train(
        fixture.configuration {
          $0.loss = loss
          $0.train.threads = threads
        }, observer: EventLog()
      ).checksum
    }
    #expect(Set(checksums).count == 1)
  }

  /// Updates that look ahead have their own sums, probes and rows of two batches.
  @Test(
    arguments: RunConfiguration.VirtualRule.allCases,
    [["ce", "mae", "gce"], ["ce", "pair", "list_ce:alpha=0.5", "jrc"]])
  func threadsChangeNoBitOfLookingAhead(
    rule: RunConfiguration.VirtualRule, candidates: [String]
  ) throws {
    let fixture = try RunFixture()
    let checksums = try [1, 2, 3, 5].map { threads in
      try TrainingRun.train(
        fixture.configuration {
          $0.loss = "autoloss"
          $0.search.candidates = candidates
          $0.search.virtualStep = 0.01
          $0.search.virtualRule = rule
          $0.search.upper = rule == .sgd ? .logloss : .normalised
          $0.search.attached = rule == .adam
          $0.train.threads = threads
        }, observer: EventLog()
      ).checksum
    }
    #expect(Set(checksums).count == 1)
  }

  /// How often a batch has a value does not depend on who counts.
  @Test(arguments: ["fixed:ce", "autoloss"])
  func threadsChangeNoBitOfBoundedGradients(loss: String) throws {
    let fixture = try RunFixture()
    let checksums = try [(1, 0.0), (1, 0.5), (2, 0.5), (3, 0.5)].map { threads, clip in
      try TrainingRun.train(
        fixture.configuration {
          $0.loss = loss
          $0.train.threads = threads
          $0.train.cowClip = clip
          $0.train.cowClipFloor = 1e-6
          $0.train.denseWeightDecay = 0
          $0.train.denseLearningRate = 0.002
          $0.train.denseWarmUp = "1ep"
        }, observer: EventLog()
      ).checksum
    }
    #expect(checksums[0] != checksums[1])
    #expect(Set(checksums[1...]).count == 1)
  }

  /// Rounded values are those of another run, the same for any number of threads.
  @Test func threadsChangeNoBitOfRoundedValues() throws {
    let fixture = try RunFixture()
    let values: [(RunConfiguration.PulledValues, RunConfiguration.PushedValues)] = [
      (.fp32, .fp32), (.fp16, .fp32), (.bf16, .fp32), (.fp32, .fp16), (.fp32, .bf16),
      (.fp32, .int8), (.fp16, .int8),
    ]
    let checksums = try values.map { pulled, pushed in
      let checksums = try [1, 3].map { threads in
        try TrainingRun.train(
          fixture.configuration {
            $0.cluster.pullValues = pulled
            $0.cluster.pushValues = pushed
            $0.train.threads = threads
          }, observer: EventLog()
        ).checksum
      }
      #expect(Set(checksums).count == 1)
      return checksums[0]
    }
    #expect(Set(checksums).count == values.count)
  }

  @Test(arguments: ModelKind.allCases)
  func seedsAndModelsDiffer(model: ModelKind) throws {
    let fixture = try RunFixture()
    let checksums = try [1, 1, 2].map { seed in
      try TrainingRun.train(
        fixture.configuration {
          $0.take(model)
          $0.train.seed = seed
        }, observer: EventLog()
      ).checksum
    }
    #expect(checksums[0] == checksums[1])
    #expect(checksums[0] != checksums[2])
  }

  @Test(
    arguments: ["fixed:ce", "autoloss", "slf", "darts", "melu", "uncertainty", "softadapt:beta=2"],
    [1, 6, 13, 22])
  func stopAndResumeChangeNoBit(loss: String, steps: Int) throws {
    let fixture = try RunFixture()
    func whole(_ change: (inout RunConfiguration) -> Void) -> RunConfiguration {
      fixture.configuration {
        $0.loss = loss
        $0.train.epochs = 2
        change(&$0)
      }
    }
    let straight = try TrainingRun.train(whole { _ in }, observer: EventLog())
    let folder = fixture.folder.path("stopped")
    _ = try TrainingRun.train(
      whole {
        $0.out = folder
        $0.train.maxSteps = steps
      }, observer: EventLog())
    let log = EventLog()
    let resumed = try TrainingRun.train(
      whole {
        $0.out = folder
        $0.train.threads = 2
      }, resume: .auto, observer: log)
    #expect(resumed.checksum == straight.checksum)
    #expect(resumed.step == straight.step)
    #expect(log.coverage.allSatisfy { $0.isExact })
  }

  @Test func everyExampleCountsOnceAnEpoch() throws {
    let fixture = try RunFixture(rows: 1003)
    let log = EventLog()
    _ = try TrainingRun.train(
      fixture.configuration {
        $0.train.epochs = 3
        $0.train.batchSize = 50
        $0.train.slices = 3
      }, observer: log)
    #expect(log.coverage.count == 3)
    #expect(log.coverage.allSatisfy { $0.isExact && $0.rows == 802 })
  }
}
