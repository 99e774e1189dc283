import Testing
import Training

@testable import autoloss

@Suite struct StatusTextTests {
  private static var status: RunStatus {
    RunStatus(
      job: 0xAB, generation: 2, step: 1204, totalSteps: 5000, epoch: 2,
      examplesPerSecond: 212_000, waitsFor: "step 1204: slice 3 (3f2a9c01)")
  }

  @Test func aRunWithoutAnybody() {
    #expect(
      StatusText.text(Self.status) == """
        run 00000000000000ab, generation 2
        step 1,204 of 5,000, epoch 3, 212 k/s
        waits for step 1204: slice 3 (3f2a9c01)
        no checkpoint yet

        no workers
        """)
  }

  @Test func aRunWithWorkersAndServers() {
    var status = Self.status
    status.checkpoint = .init(step: 1200, ageSeconds: 3.25, path: "run/checkpoints/step-000001200")
    status.staleness = 0.5
    status.workers = [
      .init(
        name: "3f2a9c01", rank: "1", host: "n02", capacity: 3, isDraining: true,
        leases: [.init(step: 1204, slice: 3, attempt: 1, ageSeconds: 0.25)], slices: 68,
        slicesPerSecond: 12, silentSeconds: 0.1, waitsFor: "rows")
    ]
    status.servers = [
      .init(
        name: "0a1b2c3d", seat: 0, host: "n03", address: "tcp://n03:4711", version: 1204,
        isLoaded: true, silentSeconds: 0.2, parameterBytes: 1_500_000_000),
      .init(
        name: "1a1b2c3d", seat: nil, host: "n04", address: "tcp://n04:4711", version: 0,
        isLoaded: false, silentSeconds: 0.2, parameterBytes: 0),
    ]
    let text = StatusText.text(status)
    for words in [
      "checkpoint of step 1,200, 3.2 s old: run/checkpoints/step-000001200",
      "staleness 0.50 steps", "1: 1204/3 0.2 s", "12.0/s", "rows, then leaves", "1.50 GB",
      "spare", "loading",
    ] {
      #expect(text.contains(words), "\(words) in\n\(text)")
    }
  }
}
