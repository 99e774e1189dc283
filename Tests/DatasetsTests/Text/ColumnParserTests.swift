import Testing

@testable import Datasets

@Suite struct ColumnParserTests {
  private static let header =
    "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,"
    + "device_id,device_ip,device_model,device_type,device_conn_type,"
    + "C14,C15,C16,C17,C18,C19,C20,C21"
  private static let avazuRow =
    "17,1,14102100,1005,0,0a0b0c0d,a,b,c,d,e,f,g,h,1,2,15706,320,50,1722,0,35,-1,79"

  private static let table = TableSchema(
    name: "csv",
    fields: [
      .init(name: "site"), .init(name: "age", kind: .number, width: 10),
      .init(name: "price", kind: .number, edges: [0, 1.5]), .init(name: "visits", kind: .number),
    ], label: LabelRule(column: "y"),
    columns: ColumnForm(separators: [","], header: .present, quoted: true))

  @Test func avazuRowsAreTheirColumns() throws {
    let rows = try TextBlock.parse("\(Self.header)\n\(Self.avazuRow)\n", .avazu)
    #expect(rows.bad.isEmpty && rows.labels == [1])
    #expect(rows.tokens == [Self.avazuRow.split(separator: ",").dropFirst(2).map(String.init)])
  }

  /// Columns are found by their names, in any order and among others.
  @Test func headersNameTheColumns() throws {
    let rows = try TextBlock.parse(
      "\u{FEFF}more,visits,\"site\",y,price,age\r\n_,7,here,0,1.5,-1\r\n,,,1,,\r\n", Self.table)
    #expect(rows.bad.isEmpty && rows.labels == [0, 1])
    #expect(rows.tokens == [["here", "-1", "2", "3"], ["", "NULL", "NULL", "NULL"]])
  }

  @Test func quotesAreTakenOff() throws {
    let rows = try TextBlock.parse(
      #"""
      y,site,age,price,visits
      1,"a, b",1,1,1
      0,"say ""hello"" to all",1,1,1
      0,"""",1,1,1
      "1","",1,"1",1
      0,in"side",1,1,1
      0,"open,1,1,1
      0,"x"y,1,1,1
      """#, Self.table)
    #expect(rows.tokens.map(\.[0]) == ["a, b", "say \"hello\" to all", "\"", "", "in\"side\""])
    #expect(rows.labels == [1, 0, 0, 1, 0])
    let problem = "a quoted value does not end before a separator or the line's end"
    #expect(rows.bad == ["7: \(problem)", "8: \(problem)"])
  }

  @Test func badLinesAreNamed() throws {
    let rows = try TextBlock.parse(
      """
      y,site,age,price,visits
      2,a,1,1,1

      1,a,1,1
      1,a,1,1,1,1
      1,a,x,1,1
      1,a,1,0x10,1
      1,a,1,nan,1
      1,a,1e300,1,1
      1,a\tb,1,1,1
      1,a,1,1,1
      """, Self.table)
    #expect(rows.labels == [1])
    #expect(
      rows.bad == [
        "2: y: '2' is neither 0 nor 1", "3: the line is empty", "4: 4 columns instead of 5",
        "5: more than 5 columns", "6: age: 'x' is not a number that has a bucket",
        "7: price: '0x10' is not a number that has a bucket",
        "8: price: 'nan' is not a number that has a bucket",
        "9: age: '1e300' is not a number that has a bucket", "10: site: 'a\tb' holds a tab",
      ])
  }

  @Test(arguments: [
    ("y,site,age,price\n", "no column 'visits'"), ("y,site,age,price,visits,y\n", "'y' twice"),
    ("site,age,price,visits\n", "no column 'y'"), ("y,\"site\n", "does not end"),
    ("\n", "no column"),
  ])
  func headersThatDoNotFitAreNamed(_ header: String, _ problem: String) throws {
    let error = try #require(throws: DataError.self) {
      try TextBlock.parse(header + "1,2,3,4\n", Self.table)
    }
    #expect(error.place == "rows.txt:1" && error.problem.contains(problem), "\(error)")
  }

  @Test(arguments: [
    "1::31::4::978\n2::31::3::979\n", "1\t31\t4\t978\n2\t31\t3\t979\n", "1,31,4,978\n2,31,3,979\n",
    "userId,movieId,rating,timestamp\n1,31,4.0,978\n2,31,3.0,979\n",
    "rating,userId,movieId\n4,1,31\n3,2,31\n",
  ])
  func movieLensComesInManyForms(_ text: String) throws {
    for (classes, labels) in [(2, [1, 0]), (5, [3, 2]), (10, [7, 5])] {
      let rows = try TextBlock.parse(text, .movieLens(classes: classes), classes: classes)
      #expect(rows.tokens == [["1", "31"], ["2", "31"]] && rows.bad.isEmpty)
      #expect(rows.labels == labels)
    }
  }

  @Test(arguments: [
    "1::31::4::978\n", "1::31::::978\n", "1::31::978\n", "userId,movieId\n1,31\n",
    "movieId,rating,userId\n31,,1\n",
  ])
  func labelsMayBeMissingInRowsToPredict(_ text: String) throws {
    let rows = try TextBlock.parse(text, .movieLens(classes: 2), labels: .optional)
    #expect(rows.tokens == [["1", "31"]] && rows.bad.isEmpty)
    #expect(rows.labels == [text.hasPrefix("1::31::4") ? 1 : 0])
  }

  @Test func aLabelThatIsNoneIsBadInRowsToPredictToo() throws {
    let rows = try TextBlock.parse(
      "1::31::good::978\n", .movieLens(classes: 5), classes: 5, labels: .optional)
    #expect(
      rows.bad == ["1: rating: 'good' is none of the numbers from 1.0 to 5.0 in steps of 1.0"])
  }

  @Test func damagedTextNeverCrashes() {
    let avazu = "\(Self.header)\n\(Self.avazuRow)\n\(Self.avazuRow)\n"
    #expect(TextBlock.expectNoCrash(avazu, .avazu, classes: 2, trials: 2000))
    let ratings = "1::31::4::978300760\n2::1193::3::978302109\n"
    #expect(TextBlock.expectNoCrash(ratings, .movieLens(classes: 5), classes: 5, trials: 2000))
    let quoted = "y,site,age,price,visits\r\n1,\"a, \"\"b\"\"\",1.5,-2e3,1\r\n0,,,,\r\n"
    #expect(TextBlock.expectNoCrash(quoted, Self.table, classes: 3, trials: 4000))
  }
}
