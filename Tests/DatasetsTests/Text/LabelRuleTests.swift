import Testing

@testable import Datasets

@Suite struct LabelRuleTests {
  private func label(_ text: String, _ rule: LabelRule, _ classes: Int, signed: Bool = false)
    -> Int?
  {
    let block = TextBlock.of(text.utf8)
    let reader = LabelReader(rule, classes: classes, signed: signed)
    return unsafe reader.label(UnsafePointer(block.memory.pointer), 0..<text.utf8.count).map(
      Int.init)
  }

  @Test(
    arguments: [
      ("0", 2, 0), ("1", 2, 1), ("2", 2, nil), ("", 2, nil), ("-1", 2, nil), ("+1", 2, nil),
      ("1.0", 2, nil),
      ("007", 8, 7), ("255", 256, 255), ("256", 256, nil), ("0001", 5, nil),
    ] as [(String, Int, Int?)])
  func plainLabelsAreNumbersOfClasses(_ text: String, _ classes: Int, _ expected: Int?) {
    #expect(label(text, LabelRule(column: "y"), classes) == expected)
  }

  @Test(
    arguments: [("-1", 0), ("+1", 1), ("1", 1), ("0", 0), ("+0", nil), ("-2", nil)]
      as [(String, Int?)])
  func signsAreTakenWhereTheyAreUsual(_ text: String, _ expected: Int?) {
    #expect(label(text, LabelRule(column: "y"), 2, signed: true) == expected)
    #expect(label("-1", LabelRule(column: "y"), 3, signed: true) == nil)
  }

  /// Half stars of MovieLens: to the five stars in three ways, and as ten classes.
  @Test(
    arguments: [
      ("0.5", [0, 0, 0], 0), ("1", [0, 0, 0], 1), ("1.5", [1, 0, 1], 2), ("2.5", [2, 1, 1], 4),
      ("3.5", [3, 2, 3], 6), ("4.5", [4, 3, 3], 8), ("5.0", [4, 4, 4], 9),
      ("0", [nil, nil, nil], nil),
      ("5.5", [nil, 4, nil], nil), ("6", [nil, nil, nil], nil), ("x", [nil, nil, nil], nil),
      ("", [nil, nil, nil], nil), ("inf", [nil, nil, nil], nil),
    ] as [(String, [Int?], Int?)])
  func starsAreRounded(_ text: String, _ five: [Int?], _ ten: Int?) {
    for (rounding, expected) in zip([LabelRule.Rounding.up, .down, .even], five) {
      let rule = TableSchema.movieLens(classes: 5, halfStars: rounding).label
      #expect(label(text, rule, 5) == expected, "\(rounding)")
    }
    #expect(label(text, TableSchema.movieLens(classes: 10).label, 10) == ten)
  }

  @Test func starsThatAreNotRoundedMustFit() {
    let rule = LabelRule(column: "y", first: 1, step: 1)
    #expect(label("2", rule, 5) == 1 && label("2.5", rule, 5) == nil && label("0", rule, 5) == nil)
    let odd = LabelRule(column: "y", first: 1, step: 2)
    #expect(["1", "3", "5", "2", "7"].map { label($0, odd, 3) } == [0, 1, 2, nil, nil])
    let tenths = LabelRule(column: "y", first: -0.25, step: 0.1)
    #expect(["-0.25", "-0.15", "0.05", "0"].map { label($0, tenths, 5) } == [0, 1, 3, nil])
  }

  @Test func someRulesSayHowManyClassesThereAre() {
    #expect(LabelRule(column: "y", above: 3).classCount == 2)
    #expect(LabelRule(column: "y", values: ["a", "b", "c"]).classCount == 3)
    #expect(LabelRule(column: "y", first: 1, step: 1).classCount == nil)
  }

  @Test(
    arguments: [("3", 0), ("3.5", 1), ("-1e3", 0), ("4", 1), ("four", nil)] as [(String, Int?)])
  func aThresholdMakesTwoClasses(_ text: String, _ expected: Int?) {
    #expect(label(text, LabelRule(column: "y", above: 3), 2) == expected)
  }

  @Test(arguments: [("no", 0), ("yes", 1), ("Yes", nil), ("", nil)] as [(String, Int?)])
  func textsAreClasses(_ text: String, _ expected: Int?) {
    let rule = LabelRule(column: "y", values: ["no", "yes"])
    #expect(label(text, rule, 2) == expected)
    #expect(LabelReader(rule, classes: 2).wanted == "none of no, yes")
  }
}
