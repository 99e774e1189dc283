import Testing

@testable import Datasets

@Suite struct SparseParserTests {
  @Test func libffmLinesGiveAFeatureOfEachField() throws {
    let rows = try TextBlock.parse(
      """
      1 0:7:1 1:123456789:1.0 2:0000000a:1
      -1 2:x:1   # the others are not there
      +1\t1:5:1\t0:4:0
      0
      """, .libffm(fields: 3))
    #expect(rows.bad.isEmpty && rows.labels == [1, 0, 1, 0])
    #expect(
      rows.tokens == [
        ["7", "123456789", "0000000a"], ["", "", "x"], ["", "5", ""], ["", "", ""],
      ])
  }

  @Test func valuesBecomeBucketsBesideTheirFeature() throws {
    let rows = try TextBlock.parse(
      "1 1:7:0.36 2:123456:-0.3\n", .libffm(fields: 2, first: 1, width: 0.25))
    #expect(rows.tokens == [["7:1", "123456:-2"]] && rows.bad.isEmpty)
  }

  @Test func libsvmIndicesAreFieldsOrValues() throws {
    let text = "1 1:3 2:-0.5 4:0\n0 3:1\n"
    let plain = try TextBlock.parse(text, .libsvm(fields: 4))
    #expect(plain.tokens == [["3", "-0.5", "", "0"], ["", "", "1", ""]])
    let wide = try TextBlock.parse(text, .libsvm(fields: 4, width: 2))
    #expect(wide.tokens == [["1", "-1", "NULL", "0"], ["NULL", "NULL", "0", "NULL"]])
    let ranges = try TextBlock.parse("1 1:1 9:1\n0 7:1 1000000000:1\n", .libsvm(starts: [1, 8]))
    #expect(ranges.tokens == [["1", "9"], ["7", "1000000000"]] && ranges.bad.isEmpty)
    let zeros = try TextBlock.parse("1 1:0 2:1 3:0 8:0\n", .libsvm(starts: [1, 8]))
    #expect(zeros.tokens == [["2", ""]] && zeros.bad.isEmpty)
    let both = try TextBlock.parse("1 1:3.5 9:1\n", .libsvm(starts: [1, 8], width: 1))
    #expect(both.tokens == [["1:3", "9:1"]])
  }

  @Test func badLinesAreNamed() throws {
    let rows = try TextBlock.parse(
      """
      2 0:1:1
      1 0:1:1 0:2:1
      1 3:1:1
      1 0:1
      1 0::1
      1 x:1:1
      1 0:1:0.5
      1 0:1:one
      1 0:1:1:1

      0:1:1
      """, .libffm(fields: 2))
    #expect(rows.labels.isEmpty)
    #expect(
      rows.bad == [
        "1: label: '2' is neither 0 nor 1", "2: 0: the line lists the field twice",
        "3: there is no field for 3: fields are 0 to 1", "4: '0:1' is not field:feature:value",
        "5: '0::1' is not field:feature:value", "6: 'x:1:1' is not field:feature:value",
        "7: 0: the value 0.5 is not 1 (--bucket-width makes buckets of values)",
        "8: '0:1:one' is not field:feature:value", "9: '0:1:1:1' is not field:feature:value",
        "10: the line is empty", "11: label: '0:1:1' is neither 0 nor 1",
      ])
    let below = try TextBlock.parse("1 0:1\n", .libsvm(starts: [1, 8]))
    #expect(below.bad == ["1: there is no field for 0: fields are 1 and above"])
  }

  @Test func labelsMayBeMissingInRowsToPredict() throws {
    let rows = try TextBlock.parse(
      "0:7:1 1:8:1\n1 0:7:1\n", .libffm(fields: 2), labels: .optional)
    #expect(rows.tokens == [["7", "8"], ["7", ""]] && rows.labels == [0, 1])
  }

  @Test func damagedTextNeverCrashes() {
    let fields = "1 0:7:1 1:123456789:0.5 2:0000000a:1\n-1 2:x:1 # no more\r\n0 1:5:2\n"
    #expect(TextBlock.expectNoCrash(fields, .libffm(fields: 3), classes: 2, trials: 2000))
    #expect(
      TextBlock.expectNoCrash(fields, .libffm(fields: 3, width: 0.1), classes: 4, trials: 2000))
    let indices = "1 1:3 2:-0.5 4:0\n0 3:1e9 17:1\n"
    #expect(TextBlock.expectNoCrash(indices, .libsvm(fields: 5), classes: 2, trials: 2000))
    #expect(
      TextBlock.expectNoCrash(indices, .libsvm(starts: [2, 4], width: 3), classes: 2, trials: 2000))
  }
}
