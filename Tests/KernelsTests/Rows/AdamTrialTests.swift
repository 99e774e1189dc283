import Kernels
import Testing

@Suite struct AdamTrialTests {
  private let width = 5
  private let rate = 0.02

  private func kernel(coupled: Double = 0.01) -> RowKernel {
    RowKernel(
      width: width,
      schedule: RowSchedule(
        .adam(
          AdamRule(
            learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, coupledDecay: coupled,
            decoupledDecay: 0))))
  }

  private func gradient(_ step: Int) -> Floats {
    let randomness = Randomness(seed: 4, purpose: .test, step: UInt64(step))
    return Floats((0..<width).map { randomness.normal(example: 0, lane: $0) })
  }

  /// One row, made `steps` steps old by gradients of chance.
  private func row(_ kernel: RowKernel, steps: Int) -> Floats {
    let table = Floats(count: kernel.layout.stride)
    for lane in 0..<width { table[lane] = 0.1 * Float(lane) - 0.2 }
    for step in 1..<(steps + 1) { commit(kernel, table, gradient(step), step) }
    return table
  }

  private func commit(_ kernel: RowKernel, _ table: Floats, _ gradient: Floats, _ step: Int) {
    kernel.commit(
      table, ids: View([0]), range: 0..<1, positions: View([0]), slices: 1, step: step
    ) { _ in gradient }
  }

  /// The move is what the step itself does, per unit of the learning rate, and its slope that of
  /// the step.
  @Test(arguments: [0, 1, 40])
  func triesWhatTheStepDoes(steps: Int) {
    let kernel = kernel()
    let table = row(kernel, steps: steps)
    let before = table.array
    let (moves, slopes) = (gradient(99), Floats(count: width))
    kernel.tryStep(
      table, ids: View([0]), range: 0..<1, version: steps, moves: moves, slopes: slopes)
    #expect(table.array == before)
    func move(_ change: Float) -> [Double] {
      let (copy, moved) = (View(before), gradient(99))
      for lane in 0..<width { moved[lane] += change }
      commit(kernel, copy, moved, steps + 1)
      return (0..<width).map { (Double(before[$0]) - Double(copy[$0])) / rate }
    }
    let (here, up, down) = (move(0), move(0.02), move(-0.02))
    for lane in 0..<width {
      #expect(abs(here[lane] - Double(moves[lane])) < 1e-4)
      let slope = (up[lane] - down[lane]) / 0.04
      #expect(abs(slope - Double(slopes[lane])) < 5e-3, "\(slope) and \(slopes[lane])")
    }
  }

  /// A row that missed steps is tried as it would be once it had caught up.
  @Test(arguments: [1, 5, 90])
  func rowsThatMissedStepsAreCaughtUpFirst(missed: Int) {
    let kernel = kernel()
    let table = row(kernel, steps: 12)
    let caughtUp = View(table.array)
    kernel.catchUp(caughtUp, ids: View([0]), range: 0..<1, version: 12 + missed)
    #expect(caughtUp.array != table.array)
    let tried = [table, caughtUp].map { row in
      let (moves, slopes) = (gradient(99), Floats(count: width))
      kernel.tryStep(
        row, ids: View([0]), range: 0..<1, version: 12 + missed, moves: moves, slopes: slopes)
      return moves.array + slopes.array
    }
    #expect(tried[0] == tried[1])
  }

  @Test func vectorsAreTriedLikeRows() {
    let kernel = kernel()
    let table = row(kernel, steps: 7)
    let (moves, slopes) = (gradient(99), Floats(count: width))
    kernel.tryStep(table, ids: View([0]), range: 0..<1, version: 7, moves: moves, slopes: slopes)
    let (vector, vectorSlopes) = (gradient(99), Floats(count: width))
    for range in [0..<2, 2..<5] {
      kernel.tryStep(
        weights: table.slice(0, width), state: table.slice(width, 2 * width), range: range,
        version: 7, moves: vector, slopes: vectorSlopes)
    }
    #expect(vector.array == moves.array && vectorSlopes.array == slopes.array)
  }
}
