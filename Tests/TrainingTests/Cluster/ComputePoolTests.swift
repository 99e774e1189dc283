import Foundation
import Synchronization
import Testing

@testable import Training

@Suite struct ComputePoolTests {
  private func parts() throws -> RunParts {
    var configuration = RunConfiguration()
    configuration.search = RunConfiguration.paperSearch
    configuration.model.hidden = [8]
    return try RunParts(configuration, fieldSizes: [5, 3], holding: .none)
  }

  /// Waits, but not for ever.
  private func wait(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1000 where !condition() { Thread.sleep(forTimeInterval: 0.01) }
    return condition()
  }

  @Test(arguments: [1, 3])
  func doesEveryJobOnceWithAMemberOfItsOwn(threads: Int) throws {
    let pool = ComputePool(parts: try parts(), threads: threads)
    let done = Mutex<[Int]>([])
    let members = Mutex<Set<ObjectIdentifier>>([])
    for job in 0..<100 {
      pool.add(.compute) { member in
        members.withLock { _ = $0.insert(ObjectIdentifier(member)) }
        done.withLock { $0.append(job) }
      }
    }
    #expect(wait { done.withLock { $0.count } == 100 })
    pool.stop()
    let order = done.withLock { $0 }
    #expect(order.sorted() == Array(0..<100))
    if threads == 1 { #expect(order == Array(0..<100)) }
    #expect((1...threads).contains(members.withLock { $0.count }))
  }

  /// The owner catches rows of the next step up while this one is computed.
  @Test func readingsGoBeforeComputations() throws {
    let pool = ComputePool(parts: try parts(), threads: 1)
    let gate = Mutex(false)
    let order = Mutex<[String]>([])
    pool.add(.read) { _ in
      for _ in 0..<1000 where !gate.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.01) }
      // Added while others wait, as the slices of a unit are.
      pool.add(.read) { _ in order.withLock { $0.append("read 2") } }
    }
    for name in ["read 0", "read 1"] {
      pool.add(.read) { _ in order.withLock { $0.append(name) } }
    }
    for name in ["compute 0", "compute 1"] {
      pool.add(.compute) { _ in order.withLock { $0.append(name) } }
    }
    gate.withLock { $0 = true }
    #expect(wait { order.withLock { $0.count } == 5 })
    pool.stop()
    #expect(
      order.withLock { $0 } == ["read 0", "read 1", "read 2", "compute 0", "compute 1"])
  }

  @Test func whatWaitsIsDoneBeforeItStops() throws {
    let pool = ComputePool(parts: try parts(), threads: 1)
    let state = Mutex((done: 0, stopped: false))
    for _ in 0..<5 {
      pool.add(.compute) { _ in
        for _ in 0..<1000 where !state.withLock({ $0.stopped }) {
          Thread.sleep(forTimeInterval: 0.01)
        }
        state.withLock { $0.done += 1 }
      }
    }
    pool.stop()
    #expect(state.withLock { $0.done } == 0)
    state.withLock { $0.stopped = true }
    #expect(wait { state.withLock { $0.done } == 5 })
  }

  /// A worker whose coordinator comes back with another configuration: the old pool ends what it
  /// has begun, beside the new one, each with members of its own run.
  @Test func aPoolOfOneConfigurationFollowsAnother() throws {
    let gate = Mutex(false)
    let rows = Mutex<[String: Int]>([:])
    let old = ComputePool(parts: try parts(), threads: 1)
    old.add(.read) { _ in
      for _ in 0..<1000 where !gate.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.01) }
    }
    old.add(.read) { member in rows.withLock { $0["old"] = member.rows.count } }
    old.stop()
    var other = RunConfiguration()
    other.model.hidden = [16, 4]
    other.model.embeddingWidth = 3
    other.train.batchSize = 40
    let parts = try RunParts(other, fieldSizes: [5, 3, 9], holding: .none)
    let new = ComputePool(parts: parts, threads: 2)
    new.add(.compute) { member in rows.withLock { $0["new"] = member.rows.count } }
    #expect(wait { rows.withLock { $0["new"] } != nil })
    #expect(rows.withLock { $0["old"] } == nil)
    gate.withLock { $0 = true }
    #expect(wait { rows.withLock { $0.count } == 2 })
    new.stop()
    // Slices of ten rows of three fields, four numbers each.
    #expect(rows.withLock { $0["new"] } == 10 * 3 * 4)
    #expect(rows.withLock { $0["old"] } != 10 * 3 * 4)
  }
}
