import Testing

@testable import Training

@Suite struct UnitProgressTests {
  @Test func grows() {
    let unit = UnitProgress(PoolProgress())
    #expect(unit.amount == 0)
    unit.expect(3)
    for piece in 1...3 as ClosedRange<UInt64> {
      #expect(unit.doing { piece } == piece)
      #expect(unit.amount == piece)
    }
  }

  @Test func whoQueuesGetsOnWithTheOthers() {
    let pool = PoolProgress()
    let (first, second) = (UnitProgress(pool), UnitProgress(pool))
    first.expect(2)
    second.expect(1)
    first.doing {}
    #expect(second.amount == 1)
    first.doing {}
    #expect(second.amount == 2)
    second.doing {}
    #expect(first.amount == 2 && second.amount == 3)
  }

  /// A thread that hangs in one unit is not excused by what other threads do.
  @Test func whoIsBeingComputedGetsOnByItself() {
    let pool = PoolProgress()
    let (stuck, other) = (UnitProgress(pool), UnitProgress(pool))
    other.expect(9)
    stuck.expect(2)
    other.doing {}
    let before = stuck.amount
    #expect(before == 1)
    stuck.doing {
      for _ in 0..<4 { other.doing {} }
      #expect(stuck.amount == before)
      // Another thread does the rest of the unit.
      stuck.doing {}
      #expect(stuck.amount == 6)
      other.doing {}
      #expect(stuck.amount == 6)
    }
  }

  /// It waits for something else than the pool: for rows, or to be delivered.
  @Test func whoHasNothingToDoDoesNotGetOn() {
    let pool = PoolProgress()
    let (idle, other) = (UnitProgress(pool), UnitProgress(pool))
    idle.expect(1)
    idle.doing {}
    other.expect(5)
    for _ in 0..<5 { other.doing {} }
    #expect(idle.amount == 1 && other.amount == 6)
    idle.expect(1)
    #expect(idle.amount == 6)
  }
}
