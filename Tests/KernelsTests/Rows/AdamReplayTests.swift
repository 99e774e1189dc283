import Glibc
import Testing

@testable import Kernels

/// A rule of Adam, with and without decay.
struct AdamCase: Sendable, CustomTestStringConvertible {
  var coupled = 0.0
  var decoupled = 0.0
  var beta1 = 0.9
  var beta2 = 0.999
  var learningRate = 1e-3
  var testDescription: String {
    "rate \(learningRate), λ \(coupled), η/lr \(decoupled), β \(beta1) \(beta2)"
  }

  var rule: AdamRule {
    AdamRule(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: 1e-8, coupledDecay: coupled,
      decoupledDecay: decoupled)
  }
}

/// Adam without gradients by its definition, one step at a time in double precision.
struct SlowAdam {
  var weight: Double
  var first: Double
  var second: Double

  mutating func advance(_ rule: AdamCase, from: Int, to: Int) {
    var power1 = pow(rule.beta1, Double(from))
    var power2 = pow(rule.beta2, Double(from))
    for _ in from..<to {
      power1 *= rule.beta1
      power2 *= rule.beta2
      let gradient = rule.coupled * weight
      first += (1 - rule.beta1) * (gradient - first)
      second += (1 - rule.beta2) * (gradient * gradient - second)
      weight *= 1 - rule.learningRate * rule.decoupled
      let root = (second / (1 - power2)).squareRoot()
      weight -= rule.learningRate * first / (1 - power1) / (root + 1e-8)
    }
  }
}

/// How eight weights start; the numbers of a kind are spread over decades.
enum AdamStart: String, CaseIterable {
  case fresh, normal, normalOnceTouched, onceTouched, oftenTouched, forgotten, still

  func lanes(_ index: Int) -> AdamLanes {
    let random = Randomness(seed: 1, purpose: .test)
    var address = index * 1000
    func spread(_ low: Double, _ high: Double) -> Float {
      address += 1
      return Float(pow(10, low + (high - low) * Double(random.uniform(example: address, lane: 0))))
    }
    func signed(_ low: Double, _ high: Double) -> Float {
      random.word(example: address, lane: 1) & 1 == 0 ? spread(low, high) : -spread(low, high)
    }
    let zero = RowLanes(repeating: 0)
    var lanes = AdamLanes(weight: zero, first: zero, second: zero)
    for lane in 0..<8 {
      let gradient = signed(-6.5, -3)
      switch self {
      case .fresh: lanes.weight[lane] = signed(-4, -2.6)
      case .normal: lanes.weight[lane] = random.normal(example: index, lane: lane)
      case .normalOnceTouched:
        lanes.weight[lane] = random.normal(example: index, lane: lane)
        lanes.first[lane] = 0.1 * gradient
        lanes.second[lane] = 1e-3 * gradient * gradient
      case .onceTouched:
        lanes.weight[lane] = signed(-3, -1.3)
        lanes.first[lane] = 0.1 * gradient
        lanes.second[lane] = 1e-3 * gradient * gradient
      case .oftenTouched:
        lanes.weight[lane] = signed(-3, -0.5)
        lanes.second[lane] = gradient * gradient * spread(-2, 0)
        lanes.first[lane] = lanes.second[lane].squareRoot() * signed(-3, 0)
      case .forgotten:
        lanes.weight[lane] = signed(-12, -6)
        lanes.second[lane] = spread(-24, -16)
      case .still:
        lanes.weight[lane] = signed(-2, -1)
        lanes.first[lane] = signed(-9, -7)
        lanes.second[lane] = spread(-17, -12)
      }
    }
    return lanes
  }
}

@Suite struct AdamReplayTests {
  private static let lengths = [
    1, 2, 3, 4, 7, 8, 16, 31, 33, 64, 100, 129, 250, 513, 1000, 2500, 6000, 20_000,
  ]

  /// Every length of gap, after any number of steps, from every kind of start.
  @Test(arguments: [
    AdamCase(coupled: 1e-6), AdamCase(coupled: 1e-5), AdamCase(coupled: 1e-4), AdamCase(),
    AdamCase(decoupled: 1e-2), AdamCase(coupled: 1e-6, beta1: 0.8, beta2: 0.99),
    AdamCase(coupled: 1e-6, beta1: 0, beta2: 0.9), AdamCase(coupled: 1e-6, learningRate: 1e-2),
    AdamCase(coupled: 1e-6, learningRate: 1e-4),
  ])
  func equalsTheDefinition(_ tested: AdamCase) {
    let rule = tested.rule
    var worst = (weight: 0.0, moment: 0.0, weightAt: "", momentAt: "")
    for from in [0, 1, 5, 40, 70, 300, 1500, 30_000] {
      for (kind, start) in AdamStart.allCases.enumerated() {
        let initial = start.lanes(from * 10 + kind)
        var slow = (0..<8).map {
          SlowAdam(
            weight: Double(initial.weight[$0]), first: Double(initial.first[$0]),
            second: Double(initial.second[$0]))
        }
        var done = 0
        for steps in Self.lengths {
          var fast = initial
          if from > 0 || !rule.untouched.skip(&fast, rule.steps, steps) {
            fast.advance(rule.steps, from: from, to: from + steps)
          }
          for lane in 0..<8 {
            slow[lane].advance(tested, from: from + done, to: from + steps)
            let place = "\(start), \(steps) steps from \(from): \(slow[lane])"
            let error = Self.weightError(fast, slow[lane], initial, lane)
            if !(error <= worst.weight) { (worst.weight, worst.weightAt) = (error, place) }
            let state = Self.momentError(fast, slow[lane], lane)
            if !(state <= worst.moment) { (worst.moment, worst.momentAt) = (state, place) }
          }
          done = steps
        }
      }
    }
    print("adam without gradients, \(tested): weights off by \(worst.weight) (\(worst.weightAt))")
    print("  moments off by \(worst.moment) (\(worst.momentAt))")
    #expect(worst.weight <= 1e-6)
    #expect(worst.moment <= 2e-2)
  }

  /// The absolute error, less what single precision costs a weight of this size: three units in
  /// the last place and one for every 100,000 of movement.
  private static func weightError(
    _ fast: AdamLanes, _ slow: SlowAdam, _ start: AdamLanes, _ lane: Int
  ) -> Double {
    let size = max(abs(Double(start.weight[lane])), abs(slow.weight))
    return max(0, abs(Double(fast.weight[lane]) - slow.weight) - 2e-6 * size)
  }

  /// The error relative to the moment, or to a small one: a hundredth of a first moment of 1e-11
  /// moves no weight by more than 1e-7.
  private static func momentError(_ fast: AdamLanes, _ slow: SlowAdam, _ lane: Int) -> Double {
    max(
      abs(Double(fast.first[lane]) - slow.first) / (abs(slow.first) + 1e-11),
      abs(Double(fast.second[lane]) - slow.second) / (slow.second + 1e-18))
  }
}
