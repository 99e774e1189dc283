import Kernels
import Testing

@testable import Search

@Suite struct EntropyBonusTests {
  /// −Σ_b H(softmax(o_b)), plainly.
  private func value(_ outputs: Floats, _ count: Int) -> Double {
    var total = 0.0
    for first in stride(from: 0, to: outputs.count, by: count) {
      let powers = (0..<count).map {
        Double(VectorMath.exp(Octet(repeating: outputs[first + $0]))[0])
      }
      let sum = powers.reduce(0, +)
      for power in powers {
        let share = Float(power / sum)
        total += Double(share * VectorMath.log(Octet(repeating: share))[0])
      }
    }
    return total
  }

  @Test func addsTheSlopeOfTheNegativeEntropy() {
    let outputs = Floats([0.3, -1, 2, 1, 1, 1, -0.5, 0.25, 0])
    let gradient = Floats([Float](repeating: 5, count: 9))
    EntropyBonus.add(2, outputs: outputs, count: 3, rows: 3, into: gradient)
    for place in 0..<9 {
      let start = outputs[place]
      outputs[place] = start + 0.02
      let up = value(outputs, 3)
      outputs[place] = start - 0.02
      let down = value(outputs, 3)
      outputs[place] = start
      #expect(abs(2 * (up - down) / 0.04 + 5 - Double(gradient[place])) < 1e-3)
    }
    // Equal shares are the best there are.
    #expect((3..<6).allSatisfy { abs(gradient[$0] - 5) < 1e-6 })
  }

  @Test func oneCandidateHasNone() {
    let gradient = Floats([1, 2])
    EntropyBonus.add(3, outputs: Floats([4, -4]), count: 1, rows: 2, into: gradient)
    #expect(gradient.array == [1, 2])
  }
}
