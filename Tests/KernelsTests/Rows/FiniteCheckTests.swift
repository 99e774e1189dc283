import Kernels
import Testing

@Suite struct FiniteCheckTests {
  @Test(arguments: [Float.nan, .infinity, -.infinity, -.nan])
  func findsTheFirstAtEveryPlace(value: Float) {
    for count in 0...19 {
      let values = Floats(Array(repeating: Float.greatestFiniteMagnitude, count: 20))
      #expect(FiniteCheck.firstNonFinite(values, count: count) == nil)
      for place in 0..<20 {
        values.fill(-.greatestFiniteMagnitude)
        values[place] = value
        values[19] = value
        // What lies behind the count does not matter.
        #expect(FiniteCheck.firstNonFinite(values, count: count) == (place < count ? place : nil))
      }
    }
  }

  @Test func smallNumbersAreFinite() {
    let values = Floats([0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude])
    #expect(FiniteCheck.firstNonFinite(values, count: 4) == nil)
  }
}
