import Synchronization
import Testing

@testable import Datasets

@Suite struct ThreadsTests {
  @Test(arguments: [1, 2, 7])
  func everyThreadRunsOnce(count: Int) {
    let seen = Mutex<[Int]>([])
    onThreads(count) { index in seen.withLock { $0.append(index) } }
    #expect(seen.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test func everyItemIsDoneOnce() throws {
    let seen = Mutex<[Int]>([])
    try inParallel(100, threads: 3) { item in seen.withLock { $0.append(item) } }
    #expect(seen.withLock { $0.sorted() } == Array(0..<100))
  }

  @Test func theErrorOfTheLowestItemCounts() {
    let failures = Failures()
    for item in [5, 3, 9] {
      failures.add(DataError(.system, "do", at: "\(item)", "no", remedy: "again"), item: item)
    }
    #expect(failures.any)
    #expect(throws: DataError(.system, "do", at: "3", "no", remedy: "again")) {
      try failures.throwFirst()
    }
  }
}
