import Testing

@testable import Kernels

/// Rates that change after some steps, and decay.
struct DropCase: Sendable, CustomTestStringConvertible {
  var drops: [(step: Int, factor: Double)] = []
  var coupled = 1e-6
  var decoupled = 0.0
  var testDescription: String {
    "λ \(coupled), η/lr \(decoupled), drops \(drops.map { "\($0.step):\($0.factor)" })"
  }

  func rate(ofStep step: Int) -> Double {
    drops.filter { $0.step < step }.reduce(1e-3) { $0 * $1.factor }
  }

  func rule(ofStep step: Int) -> AdamCase {
    AdamCase(coupled: coupled, decoupled: decoupled, learningRate: rate(ofStep: step))
  }

  var schedule: RowSchedule {
    func adam(ofStep step: Int, isFirst: Bool) -> RowRule {
      let numbers = rule(ofStep: step)
      return .adam(
        AdamRule(
          learningRate: numbers.learningRate, beta1: numbers.beta1, beta2: numbers.beta2,
          epsilon: 1e-8, coupledDecay: coupled, decoupledDecay: decoupled, isFirst: isFirst))
    }
    return RowSchedule(
      adam(ofStep: 1, isFirst: true),
      later: drops.map { ($0.step, adam(ofStep: $0.step + 1, isFirst: false)) })
  }
}

@Suite struct RowScheduleTests {
  private static let width = 8
  private static let ends = [1, 3, 40, 99, 100, 101, 250, 601, 700, 1500, 6000, 6001, 9000]

  /// Gaps before, after and across changes of the rate, from every kind of start.
  @Test(arguments: [
    DropCase(), DropCase(drops: [(100, 0.1)]), DropCase(drops: [(600, 0.1), (700, 0.1)]),
    DropCase(drops: [(100, 0.5), (600, 0.2), (6000, 0.1)], coupled: 1e-5),
    DropCase(drops: [(600, 0.1)], coupled: 0), DropCase(drops: [(700, 0.1)], coupled: 1e-4),
    DropCase(drops: [(90, 0.3), (6000, 0.1)], coupled: 0, decoupled: 1e-2),
  ])
  func equalsTheDefinition(_ tested: DropCase) {
    let schedule = tested.schedule
    var worst = (error: 0.0, at: "")
    for from in [0, 95, 590, 1500] {
      for (kind, start) in AdamStart.allCases.enumerated() {
        let initial = start.lanes(from * 10 + kind)
        var slow = (0..<Self.width).map {
          SlowAdam(
            weight: Double(initial.weight[$0]), first: Double(initial.first[$0]),
            second: Double(initial.second[$0]))
        }
        var done = from
        for end in Self.ends where end > from {
          for step in done + 1...end {
            let rule = tested.rule(ofStep: step)
            for lane in slow.indices { slow[lane].advance(rule, from: step - 1, to: step) }
          }
          done = end
          let row = Self.row(initial)
          advance(row, schedule, from: from, to: end)
          for lane in slow.indices {
            let size = max(abs(Double(initial.weight[lane])), abs(slow[lane].weight))
            let error = abs(Double(row[lane]) - slow[lane].weight) - 2e-6 * size
            if !(error <= worst.error) {
              worst = (error, "\(start), steps \(from) to \(end): \(slow[lane])")
            }
          }
        }
      }
    }
    print("adam, \(tested): weights off by \(worst.error) (\(worst.at))")
    #expect(worst.error <= 1e-6)
  }

  /// Steps that were made one by one and together, by a rule whose missed steps are a power.
  @Test func gradientDescentChangesItsRateToo() {
    func linear(_ rate: Double) -> RowRule {
      .linear(
        LinearRule(learningRate: rate, momentum: 0.9, coupledDecay: 0.1, decoupledDecay: 0))
    }
    let schedule = RowSchedule(linear(0.1), later: [(3, linear(0.01)), (7, linear(0.001))])
    let single = Floats([1, 0.5])
    for step in 0..<12 { advance(single, schedule, width: 1, from: step, to: step + 1) }
    let together = Floats([1, 0.5])
    advance(together, schedule, width: 1, from: 0, to: 12)
    for index in 0..<2 { #expect(abs(single[index] - together[index]) < 1e-6) }
  }

  @Test func theStepAfterTheDropIsTheFirstOfTheLaterRule() {
    func plain(_ rate: Double) -> RowRule {
      .linear(LinearRule(learningRate: rate, momentum: 0, coupledDecay: 0, decoupledDecay: 0))
    }
    let schedule = RowSchedule(plain(1), later: [(3, plain(0.1))])
    let weights = Floats([0])
    for step in 1...5 {
      schedule.rule(ofStep: step).apply(
        weights: weights, state: Floats(count: 0), gradient: Floats([1]), range: 0..<1, step: step)
    }
    #expect(abs(weights[0] + 3.2) < 1e-6)
  }

  private func advance(
    _ row: Floats, _ schedule: RowSchedule, width: Int = RowScheduleTests.width, from: Int, to: Int
  ) {
    // Through the loops over rows, as a step does: catching up is not public.
    let kernel = RowKernel(width: width, schedule: schedule)
    let table = Floats(count: kernel.layout.stride)
    let used = kernel.layout.lastStepOffset
    kernel.setSection(table, offset: 0, width: used, first: 0, count: 1, from: row)
    kernel.setLastSteps(table, first: 0, count: 1, from: View([UInt32(from)]))
    kernel.catchUp(table, ids: View([0]), range: 0..<1, version: to)
    kernel.copySection(table, offset: 0, width: used, first: 0, count: 1, into: row)
  }

  private static func row(_ lanes: AdamLanes) -> Floats {
    Floats(
      [lanes.weight, lanes.first, lanes.second].flatMap { part in
        (0..<width).map { part[$0] }
      })
  }
}
