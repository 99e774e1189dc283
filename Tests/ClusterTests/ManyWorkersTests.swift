import Foundation
import TestSupport
import Testing

@testable import Cluster

/// What the coordinator's decisions cost with many workers: told, and long if it is not bearable.
///
/// `AUTOLOSS_COORDINATOR_STEPS=100` makes so many steps.
@Suite struct ManyWorkersTests {
  @Test(arguments: [(2, 4, 0), (64, 64, 0), (64, 64, 4), (64, 64, 64)])
  func decisionsAreCheap(workers: Int, slices: Int, staleness: UInt64) {
    let steps =
      UInt64(ProcessInfo.processInfo.environment["AUTOLOSS_COORDINATOR_STEPS"] ?? "") ?? 10
    var crowd = Crowd(slices: slices, steps: steps, staleness: staleness)
    crowd.run(workers: workers)
    #expect(crowd.version == steps)
    #expect(crowd.state.status(at: crowd.now).counts.applied == slices * Int(steps))
    let microseconds = { (time: Duration) in
      (Double(time / .nanoseconds(100)) / Double(crowd.events)).rounded() / 10
    }
    print(
      "coordinator: \(workers) workers, \(slices) slices, staleness \(staleness): "
        + "\(crowd.events) events, \(microseconds(crowd.deciding)) µs each, "
        + "\(microseconds(crowd.looking)) µs for each deadline")
  }
}
