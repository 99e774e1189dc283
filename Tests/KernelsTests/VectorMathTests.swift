import Glibc
import Testing

@testable import Kernels

@Suite struct VectorMathTests {
  typealias Function = @Sendable (Octet) -> Octet

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let range: ClosedRange<Double>
    let fast: Function
    let exact: @Sendable (Double) -> Double
  }

  static let cases = [
    Case(testDescription: "exp", range: -87...88, fast: VectorMath.exp) { exp($0) },
    Case(testDescription: "exp near 0", range: -1...1, fast: VectorMath.exp) { exp($0) },
    Case(testDescription: "log", range: 1e-30...10, fast: VectorMath.log) { log($0) },
    Case(testDescription: "log near 1", range: 0.999...1.001, fast: VectorMath.log) { log($0) },
    Case(testDescription: "log1p", range: 0...1, fast: VectorMath.log1p) { log1p($0) },
    Case(testDescription: "log1p near 0", range: 0...1e-6, fast: VectorMath.log1p) { log1p($0) },
    Case(testDescription: "expm1", range: -80...8, fast: VectorMath.expm1) { expm1($0) },
    Case(testDescription: "expm1 near 0", range: -0.6...0.6, fast: VectorMath.expm1) { expm1($0) },
    Case(testDescription: "power 0.5", range: 0...4, fast: { VectorMath.power($0, 0.5) }) {
      pow($0, 0.5)
    },
    Case(testDescription: "power 3", range: 0...4, fast: { VectorMath.power($0, 3) }) {
      pow($0, 3)
    },
  ]

  @Test(arguments: cases)
  func agreesWithDoublePrecision(_ example: Case) {
    var largest = 0.0
    let width = example.range.upperBound - example.range.lowerBound
    for index in 0...20_000 {
      let x = Float(example.range.lowerBound + width * Double(index) / 20_000)
      let expected = example.exact(Double(x))
      let actual = Double(example.fast(Octet(repeating: x))[index & 7])
      guard abs(expected) > 1.2e-38 else { continue }
      largest = max(largest, abs(actual - expected) / abs(expected))
    }
    #expect(largest < 3e-7, "largest relative error \(largest)")
  }

  @Test func edges() {
    func lane(_ value: Octet) -> Float { value[3] }
    #expect(lane(VectorMath.exp(Octet(repeating: -10_000))) == 0)
    #expect(lane(VectorMath.exp(Octet(repeating: 10_000))) == .infinity)
    #expect(lane(VectorMath.exp(Octet(repeating: 0))) == 1)
    #expect(lane(VectorMath.exp(Octet(repeating: .nan))).isNaN)
    #expect(lane(VectorMath.log(Octet(repeating: 0))) == -.infinity)
    #expect(lane(VectorMath.log(Octet(repeating: 1))) == 0)
    #expect(lane(VectorMath.log(Octet(repeating: .infinity))) == .infinity)
    #expect(lane(VectorMath.log(Octet(repeating: .nan))).isNaN)
    #expect(lane(VectorMath.log1p(Octet(repeating: 0))) == 0)
    #expect(lane(VectorMath.power(Octet(repeating: 0), 0.5)) == 0)
    #expect(lane(VectorMath.power(Octet(repeating: 0), 0)) == 1)
  }
}
