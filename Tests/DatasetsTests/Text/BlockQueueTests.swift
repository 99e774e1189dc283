import Synchronization
import Testing

@testable import Datasets

@Suite struct BlockQueueTests {
  /// Blocks that carry their number only, until an error or the end.
  private final class Numbers: BlockSource {
    private let count: Int
    private let failsAt: Int?
    private var next = 0
    var consumedByteCount: Int { 10 * next }

    init(_ count: Int, failsAt: Int? = nil) { (self.count, self.failsAt) = (count, failsAt) }

    func next(into block: LineBlock) throws(DataError) -> Bool {
      if next == failsAt {
        throw DataError(.malformed, "read", at: "block \(next)", "torn", remedy: "mend it")
      }
      guard next < count else { return false }
      block.index = next
      next += 1
      return true
    }
  }

  /// The numbers that each of four threads got, and how many met an error.
  private func take(_ queue: BlockQueue) -> (numbers: [[Int]], errors: Int) {
    let numbers = Mutex([[Int]](repeating: [], count: 4))
    let errors = Atomic(0)
    onThreads(4) { thread in
      let block = LineBlock(capacity: 16)
      do {
        while try queue.next(into: block) { numbers.withLock { $0[thread].append(block.index) } }
      } catch {
        errors.add(1, ordering: .relaxed)
      }
    }
    return (numbers.withLock { $0 }, errors.load(ordering: .relaxed))
  }

  @Test func everyBlockIsHandedOutOnce() {
    let queue = BlockQueue(Numbers(500))
    let (numbers, errors) = take(queue)
    #expect(numbers.joined().sorted() == Array(0..<500))
    #expect(numbers.allSatisfy { $0 == $0.sorted() })
    #expect(errors == 0)
    #expect(queue.consumedByteCount == 5000)
  }

  @Test func nothingFollowsAnError() {
    let (numbers, errors) = take(BlockQueue(Numbers(500, failsAt: 77)))
    #expect(numbers.joined().sorted() == Array(0..<77))
    #expect(errors == 1)
  }

  @Test func nothingFollowsAStop() throws {
    let queue = BlockQueue(Numbers(500))
    let block = LineBlock(capacity: 16)
    #expect(try queue.next(into: block))
    queue.stop()
    #expect(try !queue.next(into: block))
  }
}
