import Foundation
import Testing

@testable import Training

@Suite struct RunHistoryTests {
  private func history(_ text: String) throws -> RunHistory {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "history-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try RunHistory(file: file)
  }

  private func progress(_ step: Int, _ loss: String = "0.5", as event: String = "progress")
    -> String
  {
    """
    {"epoch":0,"event":"\(event)","examplesPerSecond":10,"loss":\(loss),"shares":[{"all":1,\
    "candidate":"ce","negatives":"nan","positives":1}],"step":\(step),"time":1,"totalSteps":9,\
    "workers":0}

    """
  }

  private func started(_ step: Int) -> String {
    """
    {"batchSize":1,"blasKernel":"","classes":2,"event":"started","firstStep":\(step),"model":"lr",\
    "parameters":1,"rows":1,"slices":1,"stepsPerEpoch":1,"strategy":"al1","threads":1,"time":0,\
    "totalSteps":9}

    """
  }

  private func evaluated(_ step: Int) -> String {
    """
    {"auc":"nan","epoch":0,"event":"evaluated","isBest":true,"logloss":0.4,"rows":5,"seconds":1,\
    "step":\(step),"time":1}

    """
  }

  @Test func readsWhatWasTold() throws {
    let found = try history(
      started(0) + progress(2) + "\n" + #"{"event":"notice","level":"info","text":"x","time":1}"#
        + "\n" + evaluated(3) + progress(4))
    #expect(found.progress.map(\.step) == [2, 4])
    #expect(found.progress[0].shares[0].negatives?.isNaN == true)
    #expect(found.evaluations.map(\.step) == [3])
    #expect(found.evaluations[0].auc.isNaN)
  }

  @Test func afterAResumeTheLaterWordsCount() throws {
    let found = try history(
      started(0) + progress(2) + progress(4) + evaluated(4) + progress(6) + started(3)
        + progress(5, "0.25") + evaluated(5) + progress(5, "0.125"))
    #expect(found.progress.map(\.step) == [2, 5])
    #expect(found.progress.last?.loss == 0.125)
    #expect(found.evaluations.map(\.step) == [5])
  }

  @Test func pointsAreKeptApart() throws {
    let found = try history(
      started(0) + progress(1, as: "point") + progress(2) + progress(3, as: "point")
        + started(2) + progress(2, "0.25", as: "point") + progress(4, as: "point"))
    #expect(found.points.map(\.step) == [1, 2, 4])
    #expect(found.points[1].loss == 0.25)
    #expect(found.progress.map(\.step) == [2])
  }

  @Test func aTornEndIsLeftOutAndNothingElse() throws {
    #expect(try history(progress(1) + #"{"event":"prog"#).progress.count == 1)
    do {
      _ = try history(progress(1) + "{\"eve\n" + progress(2))
      Issue.record("a line that is no event is read")
    } catch let failure as Failure {
      #expect(failure.exitCode == .badData)
      #expect(failure.place?.hasSuffix(".jsonl:2") == true)
    }
  }

  @Test func aRunThatHasToldNothingIsMissing() {
    #expect {
      try RunHistory(file: URL(fileURLWithPath: "/nowhere/metrics.jsonl"))
    } throws: { error in
      (error as? Failure)?.exitCode == .missingInput
    }
  }
}
