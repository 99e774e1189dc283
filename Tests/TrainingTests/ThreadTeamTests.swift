import Foundation
import Synchronization
import Testing

@testable import Training

@Suite struct ThreadTeamTests {
  /// How often each member worked on each phase.
  private final class Tally: Sendable {
    private let counts: Mutex<[[Int]]>

    init(members: Int, phases: Int) {
      counts = Mutex(Array(repeating: Array(repeating: 0, count: phases), count: members))
    }

    var values: [[Int]] { counts.withLock { $0 } }

    func add(_ member: Int, _ phase: Int) { counts.withLock { $0[member][phase] += 1 } }
  }

  @Test(arguments: [1, 2, 5])
  func everyMemberHasFinishedWhenRunReturns(count: Int) {
    let tally = Tally(members: count, phases: 3)
    let team = ThreadTeam(count: count) { tally.add($0, $1) }
    var isExact = true
    for round in 1...300 {
      // Long pauses now and then, so that members fall asleep.
      if round % 100 == 0 { Thread.sleep(forTimeInterval: 0.01) }
      for phase in 0..<3 {
        team.run(phase)
        isExact = isExact && tally.values.allSatisfy { $0[phase] == round }
      }
    }
    team.stop()
    #expect(isExact)
    #expect(tally.values == Array(repeating: [300, 300, 300], count: count))
  }

  @Test func theCallingThreadIsMemberZero() {
    let seen = Mutex<[ObjectIdentifier?]>([nil, nil, nil])
    let team = ThreadTeam(count: 3) { member, _ in
      seen.withLock { $0[member] = ObjectIdentifier(Thread.current) }
    }
    team.run(0)
    team.stop()
    let threads = seen.withLock { $0 }
    #expect(threads[0] == ObjectIdentifier(Thread.current))
    #expect(Set(threads.compactMap { $0 }).count == 3)
  }

  @Test func threadsEndWhenTheTeamIsStopped() {
    weak var left: ThreadTeam?
    do {
      let team = ThreadTeam(count: 3) { _, _ in }
      left = team
      team.run(0)
      team.stop()
    }
    for _ in 0..<1000 where left != nil { Thread.sleep(forTimeInterval: 0.01) }
    #expect(left == nil, "a thread still holds the team")
  }
}
