import ArgumentParser
import Datasets
import Foundation
import Reporting

/// What `prepare` is told for tables of any kind.
struct PrepareOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File or folder, plain, gzip or zstd, - for stdin; repeatable.", valueName: "path"))
  var input: [String]

  @Option(help: ArgumentHelp("Folder to create.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Rows a value needs to have an id of its own (default: 10; avazu 4, movielens 1).",
      valueName: "n"))
  var minCount: Int?

  @Option(
    help: ArgumentHelp(
      "Take hashes of values as ids, below n in each field, instead of a vocabulary.",
      valueName: "n"))
  var hashBuckets: Int?

  @Option(
    help: ArgumentHelp(
      "Parts of the rows to train on, to validate on and to test on.",
      valueName: "train,validation,test"))
  var split = "0.8,0.1,0.1"

  @Option(help: ArgumentHelp("Seed of the split and of wrong labels.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Make labels wrong on purpose: 0:0.4 gives 40 % of the rows with label 0 another one; "
        + "repeatable.", valueName: "label:share"))
  var flipLabels: [String] = []

  @Option(
    help: ArgumentHelp(
      "Splits whose labels are made wrong, separated by commas.", valueName: "names"))
  var flipIn = Split.train.rawValue

  @Option(help: ArgumentHelp("Bad lines to set aside before giving up.", valueName: "n"))
  var maxBadRows = 0

  @Flag(help: "Replace a prepared data set that is there already.")
  var overwrite = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard minCount ?? 1 >= 1 else { throw ValidationError("--min-count must be at least 1.") }
    guard (1...1 << 31).contains(hashBuckets ?? 1) else {
      throw ValidationError("--hash-buckets must be from 1 to \(1 << 31).")
    }
    guard hashBuckets == nil || minCount == nil else {
      throw ValidationError("--hash-buckets counts no values: leave --min-count out.")
    }
    _ = try splitFractions()
    _ = try labelNoise()
    guard maxBadRows >= 0 else { throw ValidationError("--max-bad-rows must be at least 0.") }
    guard !input.isEmpty else { throw ValidationError("give at least one --input.") }
    guard input.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("stdin can be read only once: give one --input - at most.")
    }
  }

  /// The shares of training and validation rows; test has the rest.
  func splitFractions() throws -> [Double] {
    let texts = split.split(separator: ",", omittingEmptySubsequences: false)
    let shares = texts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard shares.count == 3, texts.count == 3, shares[0] > 0,
      shares.allSatisfy({ (0...1).contains($0) }), abs(shares.reduce(-1, +)) < 1e-9
    else {
      throw ValidationError(
        "--split takes three shares that come to 1, the first above 0, as in 0.8,0.1,0.1, "
          + "not \(split).")
    }
    return Array(shares.prefix(2))
  }

  /// The labels to make wrong; nil for none.
  func labelNoise() throws -> LabelNoise? {
    let splits = try flipIn.split(separator: ",").map { name in
      guard let split = Split(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError("--flip-in takes train, validation and test, not \(name).")
      }
      return split
    }
    guard !flipLabels.isEmpty else { return nil }
    var shares: [Double] = []
    for text in flipLabels {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let label = Int(parts[0]), let share = Double(parts[1]),
        (0..<Manifest.maximumClasses).contains(label), (0...1).contains(share)
      else {
        throw ValidationError(
          "--flip-labels takes a label and a share of its rows, as in 0:0.4, not \(text).")
      }
      while shares.count <= label { shares.append(0) }
      shares[label] = share
    }
    return LabelNoise(shares: shares, splits: splits)
  }

  /// Prepares a table, shows how far it is, and tells what was made.
  func run(_ table: TableSchema, classes: Int = 2, minimumCount: Int = 10) throws {
    let schema = hashBuckets.map { table.hashed(into: $0) } ?? table
    if let problem = schema.problem { throw ValidationError("\(problem).") }
    var preparation = Preparation(inputs: input, output: out, schema: schema)
    let isCounted = schema.fields.contains { $0.hashBuckets == nil }
    preparation.minimumCount = isCounted ? minCount ?? minimumCount : 1
    preparation.classes = classes
    preparation.seed = seed
    preparation.splitFractions = try splitFractions()
    preparation.labelNoise = try labelNoise()
    if let problem = preparation.labelNoise?.problem(classes: classes) {
      throw ValidationError("--flip-labels: \(problem).")
    }
    preparation.maximumBadRows = maxBadRows
    preparation.overwrite = overwrite
    preparation.threads = threads.count
    let display = WorkDisplay()
    let manifest = try preparation.run { progress in
      let share = progress.totalBytes.map { Double(progress.bytes) / Double(max(1, $0)) }
      display.show(progress.phase.rawValue, rows: progress.rows, share: share)
    }
    display.finish()
    try DataSummary(manifest, folder: out).print(json: report.json)
  }
}

/// How many classes labels are of.
struct ClassOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many classes labels are of: 0, 1, … n − 1.", valueName: "n"))
  var classes = 2

  func validate() throws {
    guard (2...Manifest.maximumClasses).contains(classes) else {
      throw ValidationError("--classes must be from 2 to \(Manifest.maximumClasses).")
    }
  }
}
