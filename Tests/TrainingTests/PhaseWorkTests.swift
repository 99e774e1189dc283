import Testing

@testable import Training

@Suite struct PhaseWorkTests {
  private struct Mistake: Error, Equatable { let task: Int }

  @Test(arguments: [[1, 2, 3], [3, 1, 2], [2, 3, 1]])
  func theErrorOfTheLowestTaskIsThrown(order: [Int]) {
    let errors = PhaseErrors()
    for task in order { errors.catching(task: task) { throw Mistake(task: task) } }
    errors.catching(task: 0) {}
    #expect(throws: Mistake(task: 1)) { try errors.rethrow() }
  }

  @Test func anErrorIsThrownOnce() throws {
    let errors = PhaseErrors()
    try errors.rethrow()
    errors.catching(task: 5) { throw Mistake(task: 5) }
    #expect(throws: Mistake(task: 5)) { try errors.rethrow() }
    try errors.rethrow()
    errors.catching(task: 9) { throw Mistake(task: 9) }
    #expect(throws: Mistake(task: 9)) { try errors.rethrow() }
  }
}
