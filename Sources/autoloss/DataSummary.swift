import Datasets
import Kernels
import Reporting

/// What `prepare` and `inspect data` tell of a prepared data set.
struct DataSummary: Encodable, Equatable {
  let folder: String
  let schema: String
  let rows: Int
  let positives: Int
  let classes: Int
  let labelCounts: [Int]?
  let values: Int
  let fieldNames: [String]
  let fieldSizes: [Int]
  let lists: [String: ValueList]?
  let splits: [String: Int]
  let minimumCount: Int
  let seed: UInt64
  let labelNoise: LabelNoise?
  let badRows: Int
  let cutLists: Int?
  let dataHash: String

  init(_ manifest: Manifest, folder: String) {
    self.folder = folder
    schema = manifest.schema
    rows = manifest.rows
    positives = manifest.positives
    classes = manifest.classCount
    labelCounts = manifest.labelCounts
    values = manifest.fieldSizes.reduce(0, +)
    fieldNames = manifest.fields.map(\.name)
    fieldSizes = manifest.fieldSizes
    let lists = manifest.fields.compactMap { field in field.list.map { (field.name, $0) } }
    self.lists = lists.isEmpty ? nil : Dictionary(lists) { first, _ in first }
    splits = Dictionary(manifest.splits.map { ($0.split.rawValue, $0.rows) }) { $1 }
    minimumCount = manifest.minimumCount
    seed = manifest.seed
    labelNoise = manifest.labelNoise
    badRows = manifest.badRows
    cutLists = manifest.cutLists
    dataHash = manifest.dataHash
  }

  /// Writes it to stdout, for people or machines.
  func print(json: Bool) throws {
    if json { try Output.json(self) } else { try Output.line(table) }
  }

  private func share(_ count: Int) -> String {
    "\(Figures.fixed(rows > 0 ? Double(count) / Double(rows) * 100 : 0, 2)) %"
  }

  /// Two columns for people.
  var table: String {
    var table = ResultTable(["data", folder])
    table.add(["rows", Figures.count(rows)])
    for split in Split.allCases {
      table.add(["  \(split.rawValue)", Figures.count(splits[split.rawValue] ?? 0)])
    }
    for (label, count) in (labelCounts ?? []).enumerated() {
      table.add(["  label \(label)", share(count)])
    }
    if labelCounts == nil { table.add(["label 1", share(positives)]) }
    table.add(["fields", "\(fieldSizes.count)"])
    for (name, list) in (lists ?? [:]).sorted(by: { $0.key < $1.key }) {
      table.add(["  \(name)", "up to \(list.maximum) values, their \(list.pooling.rawValue)"])
    }
    table.add(["feature values", Figures.count(values)])
    table.add(["rare below", "\(minimumCount) rows"])
    for (label, share) in (labelNoise?.shares ?? []).enumerated() where share > 0 {
      let splits = labelNoise?.splits.map(\.rawValue).joined(separator: ", ") ?? ""
      table.add(["made wrong", "\(Figures.fixed(share * 100, 2)) % of label \(label) in \(splits)"])
    }
    table.add(["bad rows", Figures.count(badRows)])
    if let cutLists { table.add(["lists cut", Figures.count(cutLists)]) }
    table.add(["data hash", dataHash])
    return table.text
  }
}
