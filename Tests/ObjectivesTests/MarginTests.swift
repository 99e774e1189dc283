import Glibc
import Kernels
import Testing

@testable import Objectives

@Suite struct MarginTests {
  @Test(arguments: [-10_000, -88, -20, -1, -0.001, 0, 0.001, 1, 20, 88, 10_000] as [Float])
  func agreesWithTheDefinitions(_ s: Float) {
    let margin = Margin(sign: Octet(repeating: 1), margin: Octet(repeating: s))
    let exact = Double(s)
    let cases: [(Float, Double)] = [
      (margin.right[0], 1 / (1 + exp(-exact))),
      (margin.wrong[0], 1 / (1 + exp(exact))),
      (margin.surprise[0], max(-exact, 0) + log1p(exp(-abs(exact)))),
      (margin.counterSurprise[0], max(exact, 0) + log1p(exp(-abs(exact)))),
    ]
    for (actual, expected) in cases {
      #expect(abs(Double(actual) - expected) <= 4e-7 * expected + 1e-37)
    }
  }

  @Test func probabilityFollowsTheLabel() {
    let positive = Margin(sign: Octet(repeating: 1), margin: Octet(repeating: 2))
    let negative = Margin(sign: Octet(repeating: -1), margin: Octet(repeating: -2))
    #expect(positive.probability[0] == negative.probability[0])
    #expect(positive.probability[0] > 0.88)
  }
}
