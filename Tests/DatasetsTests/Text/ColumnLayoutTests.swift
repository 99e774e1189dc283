import Kernels
import Testing

@testable import Datasets

@Suite struct ColumnLayoutTests {
  private func layout(
    _ head: String, _ schema: TableSchema = .movieLens(classes: 2),
    labels: LabelPresence = .required
  ) throws -> ColumnLayout {
    try ColumnLayout(
      schema, try #require(schema.columns), of: FileHead(name: "f", line: Array(head.utf8)),
      labels: labels)
  }

  @Test func theFirstLineTellsTheForm() throws {
    let plain = try layout("1::2::3::4")
    #expect(!plain.hasHeader && plain.count == 4 && plain.label == 2 && plain.fields == [0, 1])
    let named = try layout("timestamp,rating,movieId,userId,more")
    #expect(named.hasHeader && named.count == 5 && named.label == 1 && named.fields == [3, 2])
  }

  @Test func aHeaderWithoutLabelIsForRowsToPredict() throws {
    let found = try layout("C2,C1", Self.two, labels: .optional)
    #expect(found.label == nil && found.fields == [1, 0])
    #expect(throws: DataError.self) { try layout("C2,C1", Self.two) }
  }

  private static let two = TableSchema(
    name: "t", fields: [.init(name: "C1"), .init(name: "C2")], label: LabelRule(column: "y"),
    columns: ColumnForm(separators: [","], header: .present))

  @Test(arguments: [
    ("a,b", [","], ["a", "b"]), ("a,,b,", [","], ["a", "", "b", ""]), ("", [","], [""]),
    ("a::b:c", ["::"], ["a", "b:c"]), ("a::", ["::"], ["a", ""]), ("a:", ["::"], ["a:"]),
    ("\"a,b\",\"c\"\"d\"", [","], ["a,b", "c\"d"]), ("\"\"", [","], [""]),
    ("a|b", [",", "|"], ["a", "b"]), ("a", ["|", ","], ["a"]),
  ])
  func linesAreCut(_ line: String, _ separators: [String], _ names: [String]) {
    let form = ColumnForm(separators: separators, header: .present, quoted: true)
    let bytes = Array(line.utf8)
    #expect(ColumnCutter(form, firstLine: bytes).names(bytes) == names)
  }

  @Test func moreColumnsThanRoomAreNotCut() throws {
    let form = ColumnForm(separators: [","], header: .present)
    let block = TextBlock.of("a,b,c,d".utf8)
    let cuts = View<ColumnCut>(count: 2)
    let count = unsafe ColumnCutter(form, firstLine: block.head.line)
      .cut(UnsafePointer(block.memory.pointer), 0..<7, into: cuts)
    #expect(count == 3)
  }
}
