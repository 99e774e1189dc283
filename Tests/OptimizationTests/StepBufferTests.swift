import Kernels
import Testing

@testable import Optimization

@Suite struct StepBufferTests {
  private func contribution(_ rows: Int) -> SliceContribution {
    SliceContribution(
      ids: View(count: 0), rowGradients: View(count: 0), denseGradient: View(count: 0),
      batchStatistics: View(count: 0), rows: rows)
  }

  @Test func ignoresRepeatsAndWhatWasApplied() {
    var buffer = StepBuffer(slices: 2, version: 7)
    #expect(buffer.push(version: 6, covered: 0..<1, contribution(1)) == .repeated)
    #expect(buffer.push(version: 7, covered: 1..<2, contribution(2)) == .accepted)
    #expect(buffer.push(version: 7, covered: 1..<2, contribution(3)) == .repeated)
    #expect(buffer.missing(version: 7) == [0])
    #expect(buffer.complete(version: 7)?.count == nil)
    #expect(buffer.push(version: 8, covered: 0..<1, contribution(4)) == .accepted)
    #expect(buffer.push(version: 7, covered: 0..<1, contribution(5)) == .accepted)
    #expect(buffer.complete(version: 7)?.map { $0?.rows } == [5, 2])
    buffer.discard(before: 8)
    #expect(buffer.push(version: 7, covered: 0..<1, contribution(6)) == .repeated)
    #expect(buffer.missing(version: 8) == [1])
    #expect(buffer.missing(version: 9) == [0, 1])
  }

  @Test func takesSubtreesWhole() {
    var buffer = StepBuffer(slices: 4, version: 0)
    #expect(buffer.push(version: 0, covered: 2..<3, contribution(1)) == .accepted)
    #expect(buffer.push(version: 0, covered: 0..<2, contribution(2)) == .accepted)
    #expect(
      buffer.push(version: 0, covered: 2..<4, contribution(3)) == .overlapping(missing: [3]))
    #expect(buffer.push(version: 0, covered: 0..<4, contribution(4)) == .overlapping(missing: [3]))
    #expect(buffer.push(version: 0, covered: 3..<4, contribution(5)) == .accepted)
    #expect(buffer.complete(version: 0)?.map { $0?.rows } == [2, nil, 1, 5])
  }

  @Test(arguments: [
    (0..<4, 4, true), (0..<2, 4, true), (1..<3, 4, false), (2..<4, 4, true), (3..<4, 4, true),
    (0..<2, 5, true), (2..<5, 5, true), (2..<3, 5, true), (3..<5, 5, true), (2..<4, 5, false),
    (0..<0, 4, false),
  ])
  func knowsTheNodesOfTheTree(range: Range<Int>, slices: Int, isNode: Bool) {
    #expect(StepBuffer.isNode(range, low: 0, high: slices) == isNode)
  }
}
