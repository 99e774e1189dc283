import Models
import Testing

@testable import Training

/// Every model learns, and threads change none of its bits.
@Suite struct ModelTrainingTests {
  @Test(arguments: ModelKind.allCases)
  func lossFallsAndThreadsChangeNoBit(model: ModelKind) throws {
    let fixture = try RunFixture()
    let runs = try [1, 2].map { threads in
      let scene = try StepScene(fixture, threads: threads) {
        $0.loss = "fixed:ce"
        $0.take(model)
        $0.model.dropout = 0.1
        $0.train.threads = threads
        $0.train.learningRate = 0.02
      }
      let dataset = scene.setup.dataset
      let before = try scene.compute.evaluate(dataset, split: .train)
      try scene.train(0..<25)
      let after = try scene.compute.evaluate(dataset, split: .train)
      return (before: before.logloss, after: after.logloss, checksum: scene.parts.checksum())
    }
    #expect(runs[0].after < runs[0].before - 0.02, "\(runs[0])")
    #expect(runs[1].checksum == runs[0].checksum)
  }
}
