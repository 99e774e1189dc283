import Testing
import Training

@testable import autoloss

@Suite struct FailureBoxTests {
  @Test func namesWhoWhereAndWhat() {
    let first = FirstFailure(
      role: "worker", name: "3f2a9c01", rank: "1", host: "n02", time: "2026-01-31T12:03:04Z",
      step: 17, slice: 3,
      sentence: "read shard: data/train-00000.shard, group 7: the checksum is wrong; "
        + "copy it again")
    let lines = FailureBox.text(first).split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("┌ first failure ──") == true)
    #expect(
      lines.dropFirst().dropLast() == [
        "│ worker 3f2a9c01, rank 1, on n02", "│ step 17, slice 3, at 2026-01-31T12:03:04Z",
        "│ read shard: data/train-00000.shard, group 7: the checksum is wrong; copy",
        "│ it again",
      ])
    #expect(lines.last?.count == lines.first?.count)
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func leavesOutWhatIsNotKnown() {
    let first = FirstFailure(
      role: "coordinator", time: "2026-01-31T12:03:04Z", sentence: "the disk is full")
    let text = FailureBox.text(first)
    #expect(text.contains("│ coordinator\n│ at 2026-01-31T12:03:04Z\n│ the disk is full\n"))
  }
}
