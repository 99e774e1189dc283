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

  /// Numbers of half the bytes, or a quarter; statistics as they are.
  @Test(arguments: [Codec.scaledFloat16, .bfloat16, .scaledInt8])
  func aPushOfFewerBytesKeepsItsStatistics(codec: Codec) throws {
    let payload = Body.push(Samples.push(100, codec)).payload()
    var reader = PayloadReader(payload)
    guard case .push(let push) = try Body(type: .push, codec: codec, from: &reader) else {
      Issue.record("not a push")
      return
    }
    #expect(push.codec == codec)
    let statistics = Floats(count: 4)
    push.copy(.batchStatistics, into: statistics)
    #expect(statistics.array == Samples.floats(4).array)
    let rows = Floats(count: 1700)
    push.copy(.rowGradients, into: rows)
    for (row, values) in zip(0..., stride(from: 0, to: 1700, by: 17)) {
      let sent = Samples.floats(1700).array[values..<values + 17]
      let most = sent.map(abs).max() ?? 0
      let limit = codec == .scaledInt8 ? most / 126 : codec == .bfloat16 ? most / 256 : 0.25
      for (index, number) in zip(values..., sent) {
        #expect(abs(rows[index] - number) <= limit, "row \(row)")
      }
    }
    let numbers = Push.byteCount(codec, rows: 100, rowWidth: 17, dense: 61, statistics: 4)
    let others = Push.byteCount(.float32, rows: 100, rowWidth: 17, dense: 61, statistics: 4)
    let whole = Body.push(Samples.push(100)).payload().byteCount
    #expect(payload.byteCount - numbers == whole - others)
    // A scale for each section, or for each row and for each sixteen dense numbers.
    let coded: [Codec: Int] = [
      .scaledFloat16: 2 * 1761 + 2, .bfloat16: 2 * 1761, .scaledInt8: 1761 + 2 * 4 + 100 + 4,
    ]
    #expect(numbers - 16 == coded[codec])
  }

  @Test func theChecksumOfIdsDependsOnEachAndOnTheirOrder() {
    let checksums = [[1, 2, 3], [1, 3, 2], [1, 2], [1, 2, 4], []].map {
      Pull.checksum(of: View<UInt32>($0))
    }
    #expect(Set(checksums).count == 5)
  }
}
