import Foundation
import Kernels
import Optimization
import Synchronization
import Testing

@testable import Training

@Suite struct FetchedCaptureTests {
  private final class Counter: Sendable { let value = Atomic<Int>(0) }

  private func parts(rows: Int) throws -> RunParts {
    var configuration = RunConfiguration()
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [8]
    configuration.loss = "fixed:ce"
    let parts = try RunParts(configuration, fieldSizes: [rows - 3, 3])
    for index in 0..<parts.store.rows.memory.count {
      parts.store.rows.memory[index] = Float(index)
    }
    return parts
  }

  /// Puts the rows of a chunk in, as they come from two owners.
  private func fill(_ capture: FetchedCapture, chunk: Int, from store: ParameterStore) {
    for parity in [1, 0] {
      let ids = View(capture.rows(of: chunk).filter { $0 % 2 == parity }.map(UInt32.init))
      let rows = Floats(count: ids.count * store.rows.rawWidth)
      store.rows.copyRaw(ids, into: rows)
      capture.put(rows, of: ids, chunk: chunk)
    }
  }

  /// The writing side takes pieces that are cut in another way, while the other side fills what
  /// there is room for.
  @Test(arguments: [1, 100, 333, 1000])
  func everyRowComesThrough(atOnce: Int) throws {
    let store = try parts(rows: 1000).store
    let wakes = Counter()
    let bytes = 64 * store.rows.rawWidth * MemoryLayout<Float>.stride
    let capture = FetchedCapture(store, ahead: 3, chunkBytes: bytes) {
      wakes.value.add(1, ordering: .relaxed)
    }
    #expect(capture.chunkRows == 64 && capture.chunks == 16)
    #expect(capture.rows(of: 15) == 960..<1000)
    let edge = Thread {
      for chunk in 0..<capture.chunks {
        while chunk >= capture.usedChunks + 3 { Thread.sleep(forTimeInterval: 0.0001) }
        fill(capture, chunk: chunk, from: store)
        capture.hand(chunk + 1)
      }
    }
    edge.start()
    let width = store.rows.rawWidth
    let all = Floats(count: 1000 * width)
    for first in stride(from: 0, to: 1000, by: atOnce) {
      let count = min(atOnce, 1000 - first)
      try capture.take(from: first, into: all.slice(first * width, count * width))
    }
    #expect(all.array == store.rows.memory.array)
    #expect(capture.usedChunks == 16 && !capture.isClosed)
    capture.close()
    #expect(capture.isClosed && wakes.value.load(ordering: .relaxed) == 17)
  }

  @Test func whatFailsIsToldToWhoWaits() throws {
    let store = try parts(rows: 100).store
    let bytes = 50 * store.rows.rawWidth * MemoryLayout<Float>.stride
    let capture = FetchedCapture(store, ahead: 4, chunkBytes: bytes) {}
    fill(capture, chunk: 0, from: store)
    capture.hand(1)
    Thread {
      Thread.sleep(forTimeInterval: 0.02)
      capture.fail(Failure("the server is gone", remedy: "none", exitCode: .unavailable))
      capture.fail(Failure("told later", remedy: "none", exitCode: .unavailable))
    }.start()
    // What is here can be taken even then.
    try capture.take(from: 0, into: Floats(count: 50 * store.rows.rawWidth))
    let error = #expect(throws: Failure.self) {
      try capture.take(from: 50, into: Floats(count: 50 * store.rows.rawWidth))
    }
    #expect(error?.what == "the server is gone")
  }

  @Test func rowsLargerThanAChunkComeOneByOne() throws {
    let store = try parts(rows: 10).store
    let capture = FetchedCapture(store, ahead: 4, chunkBytes: 1) {}
    #expect(capture.chunkRows == 1 && capture.chunks == 10)
    let whole = FetchedCapture(store, ahead: 4, chunkBytes: 1 << 20) {}
    #expect(whole.chunkRows == 10 && whole.chunks == 1)
  }
}
