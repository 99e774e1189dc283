import Kernels
import Testing

@testable import Messages

@Suite struct ParametersTests {
  @Test func rowsKeepTheirParts() throws {
    let body = Body.rows(Samples.rows(100))
    var reader = PayloadReader(body.payload())
    guard case .rows(let rows) = try Body(type: .rows, from: &reader) else {
      Issue.record("not rows")
      return
    }
    #expect(Parameters.Part.allCases.map(rows.count) == [1700, 61, 4, 9, 0])
    #expect((rows.version, rows.controllerVersion) == (1 << 40, 9))
    let target = Floats(count: 1700)
    rows.copy(.rows, into: target)
    #expect(target.array == Samples.floats(1700).array)
  }

  @Test func aPushKeepsItsNumbers() throws {
    var reader = PayloadReader(Body.push(Samples.push(100)).payload())
    guard case .push(let push) = try Body(type: .push, from: &reader) else {
      Issue.record("not a push")
      return
    }
    #expect(push.idChecksum == 5 && push.idCount == 100)
    #expect(
      push.delivery
        == Delivery(version: 1 << 33, controllerVersion: 7, sums: [1.5, -.infinity, 0]))
    let target = Floats(count: 61)
    push.copy(.denseGradient, into: target)
    #expect(target.array == Samples.floats(61).array)
  }

  @Test func theChecksumOfIdsDependsOnEachAndOnTheirOrder() {
    let checksums = [[1, 2, 3], [1, 3, 2], [1, 2], [1, 2, 4], []].map {
      Pull.checksum(of: View<UInt32>($0))
    }
    #expect(Set(checksums).count == 5)
  }
}
