import Testing

@testable import Datasets

@Suite struct NumericBucketsTests {
  /// Whether e^√k ≤ v, decided without logarithms: (√k)ⁿ/n! summed in double precision.
  private static func reaches(_ value: Int, bucket: Int) -> Bool {
    let root = Double(bucket).squareRoot()
    var term = 1.0
    var sum = 0.0
    for power in 1...200 {
      sum += term
      term *= root / Double(power)
    }
    return Double(value) >= sum
  }

  @Test func edgesAgreeWithTheExponential() {
    let buckets = NumericBuckets()
    for value in Array(3...20_000) + [1 << 20, 1 << 30, Int(Int32.max)] {
      let bucket = buckets.token(value)
      #expect(Self.reaches(value, bucket: bucket) && !Self.reaches(value, bucket: bucket + 1))
    }
  }

  @Test(arguments: [(-3, -5), (-1, -3), (0, -2), (1, -1), (2, 0), (3, 1), (4, 1), (5, 2)])
  func smallValues(value: Int, token: Int) {
    #expect(NumericBuckets().token(value) == token)
  }

  @Test func tableAgreesWithTheDefinition() {
    let buckets = NumericBuckets()
    for value in -10...5000 { #expect(buckets.token(value) == NumericBuckets.definition(value)) }
  }
}
