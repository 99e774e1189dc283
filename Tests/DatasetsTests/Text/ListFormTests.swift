import Testing

@testable import Datasets

@Suite struct ListFormTests {
  private static func table(_ excess: ListForm.Excess, separator: String = "|") -> TableSchema {
    TableSchema(
      name: "csv",
      fields: [
        .init(name: "site"),
        .init(name: "tags", list: ListForm(separator: separator, maximum: 3, excess: excess)),
        .init(
          name: "sizes", kind: .number, width: 10,
          list: ListForm(separator: " ", maximum: 2, pooling: .sum, excess: excess)),
      ], label: LabelRule(column: "y"),
      columns: ColumnForm(separators: [","], header: .present, quoted: true))
  }

  @Test func valuesAreCutAtTheirSeparator() throws {
    let rows = try TextBlock.parse(
      """
      y,site,tags,sizes
      1,a,x|yy|a long value,5 25
      0,b,x,
      1,c,,7
      0,d,|x||y|,-3 14
      """, Self.table(.refuse))
    #expect(rows.bad.isEmpty)
    #expect(
      rows.tokens == [
        ["a", "x", "yy", "a long value", "0", "2"],
        ["b", "x", "NULL"],
        // A list without values has one: the empty one.
        ["c", "", "0"],
        ["d", "x", "y", "-1", "1"],
      ])
  }

  @Test func doubledQuotesAreTakenOffBeforeTheCut() throws {
    let rows = try TextBlock.parse(
      #"""
      y,site,tags,sizes
      1,a,"x, y|a ""quoted"" value|z",5
      """#, Self.table(.refuse))
    #expect(rows.bad.isEmpty)
    #expect(rows.tokens == [["a", "x, y", "a \"quoted\" value", "z", "0"]])
  }

  @Test func separatorsMayBeLong() throws {
    let rows = try TextBlock.parse(
      "y,site,tags,sizes\n1,a,x::y:z,5\n", Self.table(.refuse, separator: "::"))
    #expect(rows.tokens == [["a", "x", "y:z", "0"]])
  }

  @Test func longListsAreRefused() throws {
    let rows = try TextBlock.parse(
      "y,site,tags,sizes\n1,a,x|y|z|x,5\n0,b,x|y|z,1 2 3\n1,c,x|y|z|,1\n", Self.table(.refuse))
    #expect(rows.tokens.map(\.[0]) == ["c"])
    #expect(
      rows.bad == [
        "2: tags: the list has more than 3 values", "3: sizes: the list has more than 2 values",
      ])
  }

  @Test func longListsAreCutAndCounted() throws {
    let schema = Self.table(.cut)
    let block = TextBlock.of("y,site,tags,sizes\n1,a,x|y|z|x|y,5 6 7\n0,b,x|y|z,1 2\n".utf8)
    let rows = ParsedRows(columnCount: schema.idColumns.count, byteCount: 600)
    try schema.parser(classes: 2, labels: .required).parse(block, into: rows)
    #expect(rows.count == 2 && rows.badLines.isEmpty)
    #expect(rows.cutLists == 2)
    #expect((1...3).allSatisfy { rows.column($0)[0] == rows.column($0)[1] })
  }

  @Test func wrongValuesAreNamed() throws {
    let rows = try TextBlock.parse(
      "y,site,tags,sizes\n1,a,x,5 six\n0,b,x|\ty,1\n1,c,\"a\"\"\ty\",1\n1,d,x,\"1 \"\"2\"\n",
      Self.table(.cut))
    #expect(
      rows.bad == [
        "2: sizes: 'six' is not a number that has a bucket", "3: tags: '\ty' holds a tab",
        "4: tags: 'a\"\ty' holds a tab", "5: sizes: '\"2' is not a number that has a bucket",
      ])
  }

  @Test func damagedLinesNeverCrash() {
    let text = "y,site,tags,sizes\n1,a,x|\"\"y|z,5 25\n0,b,\"x|\"\"a longer value\"\"\",1\n"
    #expect(TextBlock.expectNoCrash(text, Self.table(.cut), classes: 2, trials: 300))
    #expect(TextBlock.expectNoCrash(text, Self.table(.refuse), classes: 2, trials: 300))
  }

  @Test(arguments: [
    (ListForm(separator: "|", maximum: 0), "1 to 256"),
    (ListForm(separator: "|", maximum: 257), "1 to 256"),
    (ListForm(separator: "", maximum: 2), "cannot separate values"),
    (ListForm(separator: "a", maximum: 2), "cannot separate values"),
    (ListForm(separator: ",", maximum: 2), "the same separator"),
  ])
  func impossibleListsAreNamed(_ form: ListForm, _ problem: String) {
    var table = Self.table(.refuse)
    table.fields[1].list = form
    #expect(table.problem?.contains(problem) == true, "\(table.problem ?? "none")")
    #expect(table.problem?.contains("tags") == true)
  }

  @Test func listsAreForTablesOfColumns() {
    var criteo = TableSchema.criteo
    criteo.fields[14].list = ListForm(separator: "|", maximum: 2)
    #expect(criteo.problem?.contains("only tables of columns") == true)
    var closed = Self.table(.cut)
    closed.fields[1].closed = true
    #expect(closed.problem?.contains("cannot be closed") == true)
    var wide = Self.table(.cut)
    wide.fields = (0..<17).map {
      .init(name: "f\($0)", list: ListForm(separator: "|", maximum: 256))
    }
    #expect(wide.problem?.contains("at most 4096 values") == true)
  }
}
