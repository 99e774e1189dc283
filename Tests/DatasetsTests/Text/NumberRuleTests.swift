import Testing

@testable import Datasets

@Suite struct NumberRuleTests {
  @Test func numbersAreFoundAmongAscendingOnes() {
    #expect([0, 1, 2, 3, 5, 6].map { countNotAbove($0, in: [1, 3, 5]) } == [0, 1, 1, 2, 3, 3])
    #expect(countNotAbove(1, in: []) == 0)
  }

  @Test func wholeNumbersAgreeWithTheRuleOfIntegers() {
    for value in -100...5000 {
      #expect(NumberRule.logSquare.bucket(Double(value)) == NumericBuckets.definition(value))
    }
  }

  @Test(
    arguments: [
      (.logSquare, 2.5, 0), (.logSquare, 1.9, -1), (.logSquare, -0.1, -3), (.width(0.1), 0.3, 2),
      (.width(0.5), 0.5, 1), (.width(0.5), -0.01, -1), (.width(1e-300), 1, nil),
      (.logSquare, -1e300, nil),
      (.edges([0, 1.5, 4]), -1, 0), (.edges([0, 1.5, 4]), 0, 1), (.edges([0, 1.5, 4]), 1.5, 2),
      (.edges([0, 1.5, 4]), 3.9, 2), (.edges([0, 1.5, 4]), 4e9, 3),
    ] as [(NumberRule, Double, Int?)])
  func numbersHaveBuckets(_ rule: NumberRule, _ value: Double, _ bucket: Int?) {
    #expect(rule.bucket(value) == bucket)
  }

  @Test(
    arguments: [
      ("0", 0), ("-1.5", -1.5), ("+2e3", 2000), (".5", 0.5), ("5.", 5), ("", nil), ("-", nil),
      ("1 ", nil),
      ("0x10", nil), ("inf", nil), ("nan", nil), ("1e999", nil), ("1e", nil), ("1.2.3", nil),
      ("1,5", nil),
    ] as [(String, Double?)])
  func onlyDecimalNumbersAreRead(_ text: String, _ value: Double?) {
    // What follows is no part of the number.
    let block = TextBlock.of("\(text),9".utf8)
    let base = unsafe UnsafePointer(block.memory.pointer)
    #expect(unsafe decimal(base, 0..<text.utf8.count) == value)
  }

  @Test(
    arguments: [
      ("0", 0), ("0042", 42), ("9999999999", 9_999_999_999), ("", nil), ("-1", nil),
      ("12345678901", nil),
    ] as [(String, Int?)])
  func wholeNumbersAreShort(_ text: String, _ value: Int?) {
    let block = TextBlock.of(text.utf8)
    #expect(unsafe wholeNumber(UnsafePointer(block.memory.pointer), 0..<text.utf8.count) == value)
  }
}
