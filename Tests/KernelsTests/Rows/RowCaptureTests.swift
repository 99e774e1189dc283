import Foundation
import Synchronization
import Testing

@testable import Kernels

@Suite struct RowCaptureTests {
  private static let stride = 16

  /// A table in which every number of row r is r.
  private func table(_ rowCount: Int) -> Floats {
    Floats((0..<rowCount * Self.stride).map { Float($0 / Self.stride) })
  }

  private func ids(_ rows: some Sequence<Int>) -> View<UInt32> { View(rows.map(UInt32.init)) }

  /// Announces rows and then gives all their numbers the value −1.
  private func change(_ table: Floats, _ rows: View<UInt32>, _ range: Range<Int>, _ of: RowCapture)
  {
    of.keep(table, ids: rows, range: range)
    for entry in range { table.slice(Int(rows[entry]) * Self.stride, Self.stride).fill(-1) }
  }

  @Test func rowsAreTakenAsTheyWere() {
    let (table, before) = (table(50), table(50).array)
    let capture = RowCapture(rowCount: 50, stride: Self.stride)
    let taken = Floats(count: table.count)
    capture.begin()
    change(table, ids([3, 49, 0]), 0..<3, capture)
    capture.take(table, first: 0, count: 20, into: taken)
    // Of these the first are taken already, and one is kept from before.
    change(table, ids([1, 19, 20, 49]), 0..<4, capture)
    capture.take(table, first: 20, count: 30, into: taken.slice(20 * Self.stride, 480))
    capture.close()
    #expect(taken.array == before)
    #expect(capture.keptRows == 4)
    #expect(table[49 * Self.stride] == -1)
  }

  @Test func nothingIsKeptOutsideOfACapture() {
    let table = table(10)
    let capture = RowCapture(rowCount: 10, stride: Self.stride)
    change(table, ids(0..<5), 0..<5, capture)
    #expect(capture.keptRows == 0)
    capture.begin()
    capture.close()
    change(table, ids(5..<10), 0..<5, capture)
    #expect(capture.keptRows == 0)
  }

  /// A later capture sees the table as it is then, whatever the one before it had kept or taken,
  /// also when that was given up on its way.
  @Test func capturesFollowEachOther() {
    let rows = 9000
    let table = table(rows)
    let capture = RowCapture(rowCount: rows, stride: Self.stride)
    let taken = Floats(count: table.count)
    for round in 0..<4 {
      table.fill(Float(round))
      capture.begin()
      change(table, ids(0..<rows), 0..<rows - round, capture)
      #expect(capture.keptRows == rows - round)
      capture.take(table, first: 0, count: rows / (round + 1), into: taken)
      let isRight = taken.slice(0, rows / (round + 1) * Self.stride).array
        .allSatisfy { $0 == Float(round) }
      #expect(isRight, "round \(round)")
      capture.close()
      capture.release()
      #expect(capture.keptRows == 0)
    }
  }

  /// Threads change rows while another takes them: each row is seen as it was, none is waited for.
  @Test(arguments: [1, 3])
  func aReaderBesideChangesSeesNone(threads: Int) {
    let rows = 40_000
    let table = table(rows)
    let capture = RowCapture(rowCount: rows, stride: Self.stride)
    let taken = Floats(count: table.count)
    let order = ids((0..<rows).map { ($0 * 7919) % rows })
    for round in 0..<8 {
      for row in 0..<rows { table.slice(row * Self.stride, Self.stride).fill(Float(row + round)) }
      capture.begin()
      DispatchQueue.concurrentPerform(iterations: threads + 1) { member in
        if member == threads {
          for first in Swift.stride(from: 0, to: rows, by: 500) {
            let target = taken.slice(first * Self.stride, 500 * Self.stride)
            capture.take(table, first: first, count: 500, into: target)
          }
          capture.close()
        } else {
          let share = rows / threads
          for first in Swift.stride(from: member * share, to: (member + 1) * share, by: 100) {
            change(table, order, first..<min(first + 100, (member + 1) * share), capture)
          }
        }
      }
      let wrong = (0..<rows * Self.stride).first {
        taken[$0] != Float($0 / Self.stride + round)
      }
      #expect(wrong == nil, "round \(round)")
      capture.release()
    }
  }

  @Test func aRowIsTakenOnce() async {
    await #expect(processExitsWith: .failure) {
      let capture = RowCapture(rowCount: 4, stride: 16)
      let table = Floats(count: 64)
      capture.begin()
      capture.take(table, first: 0, count: 4, into: Floats(count: 64))
      capture.take(table, first: 3, count: 1, into: Floats(count: 16))
    }
  }
}
