import Synchronization
import Testing

@testable import Training

@Suite struct TaskCounterTests {
  @Test(arguments: [(1, 0), (1, 7), (4, 1), (4, 1000)])
  func handsOutEachNumberOnce(threads: Int, limit: Int) {
    let counter = TaskCounter()
    let taken = Mutex<[Int]>([])
    let team = ThreadTeam(count: threads) { _, _ in
      while let number = counter.take(below: limit) { taken.withLock { $0.append(number) } }
    }
    for round in 1...2 {
      counter.reset()
      team.run(0)
      #expect(taken.withLock { $0.count } == round * limit)
    }
    team.stop()
    let expected = (0..<limit).flatMap { [$0, $0] }
    #expect(taken.withLock { $0.sorted() } == expected)
  }
}
