import Cluster
import Foundation
import Kernels
import Messages
import Optimization
import Testing
import Transport

@testable import Training

/// The coordinator's side of a capture, with answers that are cut from one store.
@Suite struct FleetCaptureTests {
  /// A run after some steps, whose rows belong to so many servers, and a capture in small chunks.
  private struct Scene {
    let parts: RunParts
    let shares: [RowShare]
    let capture: FleetCapture

    init(servers: Int) throws {
      let scene = try StepScene(RunFixture(rows: 600)) { $0.loss = "fixed:ce" }
      try scene.train(0..<3)
      parts = scene.parts
      let map = PartitionMap(servers: servers)
      shares = (0..<servers).map { seat in
        RowShare(rowCount: scene.parts.schema.rowCount) { map.owner(of: $0) == seat }
      }
      capture = FleetCapture(
        of: parts.store, shares: shares, waker: Waker(),
        chunkBytes: 20 * 4 * parts.store.rows.rawWidth)
    }

    /// What the server in a seat answers.
    func answer(_ fetch: Fetch, seat: Int) -> Contents {
      let store = parts.store
      let ids = shares[seat].ids.slice(Int(fetch.first), Int(fetch.count))
      let rows = Floats(count: ids.count * store.rows.rawWidth)
      store.rows.copyRaw(ids, into: rows)
      guard fetch.withDense else { return Contents(first: fetch.first, rows: rows) }
      let owned = store.dense.range(chunk: seat, of: shares.count)
      return Contents(
        first: fetch.first, rows: rows,
        dense: store.dense.weights.slice(owned.lowerBound, owned.count),
        denseState: store.dense.state(of: owned),
        statistics: seat == 0 ? store.statistics : Floats(count: 0))
    }
  }

  @Test(arguments: [1, 3])
  func everythingComesToWhoWritesIt(servers: Int) throws {
    let scene = try Scene(servers: servers)
    let (store, capture) = (scene.parts.store, scene.capture)
    let all = Floats(count: store.rows.memory.count)
    let (fetched, width) = (capture.fetched, store.rows.rawWidth)
    #expect(capture.version == 3 && fetched.chunks > 5)
    var request: UInt64 = 0
    var row = 0
    while !capture.isDone {
      let due = capture.due { _ in true }
      #expect(!due.isEmpty)
      var told: [UInt64] = []
      for piece in due {
        request += 1
        let fetch = capture.question(for: piece, request: request)
        #expect(fetch.ofCapture && fetch.withDense == (piece.chunk == 0))
        #expect(capture.piece(request) == piece)
        try capture.receive(
          scene.answer(fetch, seat: piece.seat), request: request, from: 5)
        told.append(request)
      }
      // What comes twice is not taken twice, whatever it says.
      for number in told {
        try capture.receive(Contents(rows: Floats(count: 1)), request: number, from: 5)
      }
      // Those chunks are here; the writing side uses them up.
      let end = min(row + CaptureFetch.chunksAtOnce * fetched.chunkRows, store.rows.rowCount)
      try fetched.take(from: row, into: all.slice(row * width, (end - row) * width))
      row = end
    }
    #expect(row == store.rows.rowCount)
    #expect(all.array.map(\.bitPattern) == store.rows.memory.array.map(\.bitPattern))
    #expect(fetched.values.weights.array == store.dense.weights.array)
    #expect(fetched.values.state.array == store.dense.state.array)
    #expect(fetched.values.statistics.array == store.statistics.array)
    #expect(capture.lateSeat == nil)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let scene = try Scene(servers: 2)
    let piece = try #require(scene.capture.due { $0 == 1 }.first)
    let fetch = scene.capture.question(for: piece, request: 1)
    var short = fetch
    short.count -= 1
    let error = #expect(throws: Failure.self) {
      try scene.capture.receive(scene.answer(short, seat: 1), request: 1, from: 1 << 100)
    }
    #expect(error?.what.contains("another part of the parameters") == true)
    let other = scene.capture.question(for: piece, request: 2)
    #expect(throws: Failure.self) {
      // The statistics are those of the first seat.
      try scene.capture.receive(scene.answer(other, seat: 0), request: 2, from: 1 << 100)
    }
  }

  /// A save that failed wants nothing more.
  @Test func whoWritesNoMoreAsksForNoMore() throws {
    let scene = try Scene(servers: 2)
    #expect(!scene.capture.isDone)
    scene.capture.fetched.close()
    #expect(scene.capture.isDone)
  }
}
