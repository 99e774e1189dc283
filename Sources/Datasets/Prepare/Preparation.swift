import Glibc
import Kernels
import Synchronization

/// Turns raw tables into a prepared data set: shards, vocabulary and manifest in one folder.
///
/// Two passes over the input: count values, then encode rows; where all ids are hashes, one pass.
/// Memory is bounded by the number of distinct values plus fixed buffers for each thread. The files
/// depend on the rows and on the options that say so, not on the number of threads, the compression
/// of the input, or how its lines are spread over files. The folder appears when it is complete.
public struct Preparation: Sendable {
  /// Input files, folders or pipes, "-" for standard input; plain, gzip or zstd.
  public var inputs: [String]
  /// The folder to create.
  public var output: String
  /// The columns of the input.
  public var schema: TableSchema
  /// How many classes labels are of: 2, or K with labels 0 … K − 1.
  public var classes = 2
  /// Values that occur in fewer rows share one id per field.
  public var minimumCount = 10
  /// Seed of the split.
  public var seed: UInt64 = 0
  /// Shares of the splits train and validation; test has the rest.
  public var splitFractions = [0.8, 0.1]
  /// Labels that are made wrong on purpose; nil for none.
  public var labelNoise: LabelNoise?
  /// Threads that work.
  public var threads = 1
  /// Lines that are no rows are set aside into `bad-rows.tsv` up to this number; one more fails.
  public var maximumBadRows = 0
  /// Whether a prepared data set that is already there may be replaced.
  public var overwrite = false
  /// Rows of a full group.
  public var groupRows = 8192
  /// Groups that are shuffled together when training reads them.
  public var windowGroups = 16
  /// About how many bytes of text a thread works on at a time.
  var blockByteCount = 1 << 20

  /// Prepares `inputs` into the folder `output`.
  public init(inputs: [String], output: String, schema: TableSchema = .criteo) {
    self.inputs = inputs
    self.output = output
    self.schema = schema
  }

  /// How far a preparation is.
  public struct Progress: Sendable {
    /// What is being done.
    public enum Phase: String, Sendable {
      /// First pass: values are counted.
      case counting
      /// Second pass: rows are encoded.
      case encoding
    }
    /// What is being done.
    public var phase: Phase
    /// Rows of this pass so far.
    public var rows: Int
    /// Input bytes of this pass so far, before decompression.
    public var bytes: Int
    /// All input bytes, or nil while standard input has not ended.
    public var totalBytes: Int?
  }

  /// Does the work; `progress` is called now and then, one call at a time, from any thread.
  ///
  /// Throws `.malformed` with file, line and field for bad lines, `.exists` for an output that is
  /// there already, and what reading and writing throw. Nothing is left behind then.
  public func run(
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(DataError) -> Manifest {
    precondition(threads >= 1, "prepare needs at least one thread")
    precondition(
      (2...Manifest.maximumClasses).contains(classes), "prepare knows 2 to 256 classes")
    precondition(schema.problem == nil, schema.problem ?? "")
    let noiseProblem = labelNoise?.problem(classes: classes)
    precondition(noiseProblem == nil, noiseProblem ?? "")
    precondition(
      splitFractions.count == 2 && splitFractions.allSatisfy { $0 >= 0 }
        && splitFractions[0] + splitFractions[1] <= 1 + SplitPlan.rounding,
      "split fractions must be shares of one")
    try checkOutput()
    let files = try inputFiles()
    let folder = OutputFolder(output)
    try folder.create()
    do {
      let manifest = try write(files, to: folder.temporary, progress)
      try folder.publish()
      return manifest
    } catch {
      folder.discard()
      throw error
    }
  }

  private func write(
    _ files: [String], to folder: String, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws(DataError) -> Manifest {
    let sizes = try files.map { path throws(DataError) in
      path == "-" || Folder.isPipe(path) ? nil : try PosixFile(reading: path).size()
    }
    let total = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    let badLines = BadLineList(maximum: maximumBadRows)
    let made =
      schema.fields.contains { $0.hashBuckets == nil }
      ? try inTwoPasses(files, to: folder, badLines, total, isOnce: sizes.contains(nil), progress)
      : try inOnePass(files, to: folder, badLines, total, progress)
    try badLines.write(to: "\(folder)/\(Dataset.badRowsFileName)")
    return try writeManifest(made, zip(files, sizes), badRows: badLines.count, to: folder)
  }

  /// What the passes made.
  private struct Made {
    var vocabulary: Vocabulary
    var file: (byteCount: Int, sha256: String)
    var splits: [Manifest.SplitRows]
    /// Lists of values of which only the first were taken.
    var cutLists: Int
    /// Bytes that were read, before decompression.
    var byteCount: Int
  }

  private func inTwoPasses(
    _ files: [String], to folder: String, _ badLines: BadLineList, _ total: Int?, isOnce: Bool,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws(DataError) -> Made {
    // What cannot be read twice is kept for the second pass.
    let spool = isOnce ? try Spool(path: "\(folder)/spool") : nil
    let counting = CountingPass(
      options: self, files: files, badLines: badLines, spool: spool, totalBytes: total,
      progress: progress)
    try counting.run()
    let vocabulary = Vocabulary(schema: schema, fields: try counting.vocabularies())
    let file = try vocabulary.write(to: "\(folder)/\(Dataset.vocabularyFileName)")
    let source: any BlockSource = spool?.reader() ?? reader(of: files)
    let encoding = EncodingPass(
      options: self, folder: folder, vocabulary: vocabulary, counted: counting.blockRows,
      badLines: badLines, queue: BlockQueue(source),
      totalBytes: spool == nil ? total : counting.spooledByteCount, progress: progress)
    let splits = try encoding.run()
    if spool != nil { Folder.remove("\(folder)/spool") }
    return Made(
      vocabulary: vocabulary, file: file, splits: splits, cutLists: encoding.cutLists,
      byteCount: counting.spooledByteCount)
  }

  private func inOnePass(
    _ files: [String], to folder: String, _ badLines: BadLineList, _ total: Int?,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws(DataError) -> Made {
    let vocabulary = Vocabulary(
      schema: schema, fields: schema.fields.map { _ in FieldVocabulary() })
    let file = try vocabulary.write(to: "\(folder)/\(Dataset.vocabularyFileName)")
    let queue = BlockQueue(reader(of: files))
    let encoding = EncodingPass(
      options: self, folder: folder, vocabulary: vocabulary, counted: nil, badLines: badLines,
      queue: queue, totalBytes: total, progress: progress)
    let splits = try encoding.run()
    guard splits.contains(where: { $0.rows > 0 }) else { throw noRows }
    return Made(
      vocabulary: vocabulary, file: file, splits: splits, cutLists: encoding.cutLists,
      byteCount: queue.consumedByteCount)
  }

  /// The failure of an input without rows.
  var noRows: DataError {
    DataError(
      .malformed, "prepare", at: inputs.joined(separator: ", "), "there are no rows",
      remedy: "check the input")
  }

  private func writeManifest(
    _ made: Made, _ sources: Zip2Sequence<[String], [Int?]>, badRows: Int, to folder: String
  ) throws(DataError) -> Manifest {
    let splits = made.splits
    let hasLists = schema.lists.contains { $0 != nil }
    var manifest = Manifest(
      formatVersion: hasLists ? Manifest.currentVersion : 1, schema: schema.name,
      fields: zip(schema.fields, made.vocabulary.fieldSizes).map {
        Manifest.Field(name: $0.name, kind: $0.kind, size: $1, list: $0.list?.list)
      },
      rows: splits.reduce(0) { $0 + $1.rows }, positives: splits.reduce(0) { $0 + $1.positives },
      classes: classes > 2 ? classes : nil,
      minimumCount: minimumCount, seed: seed, splitFractions: splitFractions,
      groupRows: groupRows, windowGroups: windowGroups, splits: splits, labelNoise: labelNoise,
      table: schema == TableSchema.named(schema.name) ? nil : schema,
      badRows: badRows, cutLists: hasLists ? made.cutLists : nil,
      sources: sources.map {
        Manifest.Source(
          name: $0 == "-" ? "standard input" : Folder.lastComponent(of: $0),
          bytes: $1 ?? made.byteCount)
      },
      vocabulary: Manifest.File(
        name: Dataset.vocabularyFileName, bytes: made.file.byteCount,
        rows: made.vocabulary.fields.reduce(0) { $0 + $1.keys.count }, groups: 1,
        sha256: made.file.sha256),
      dataHash: "")
    manifest.dataHash = manifest.computedHash()
    let file = try PosixFile(creating: "\(folder)/\(Manifest.fileName)")
    try writeBytes(of: manifest.encoded(), to: file)
    try file.synchronise()
    return manifest
  }

  /// Reads the files in blocks for which rows have room.
  func reader(of files: [String]) -> BlockReader {
    BlockReader(
      paths: files,
      maximumLines: ParsedRows.capacity(
        columnCount: schema.idColumns.count, byteCount: blockByteCount + 1))
  }

  /// The input files; a folder stands for its files, sorted by name.
  private func inputFiles() throws(DataError) -> [String] {
    precondition(!inputs.isEmpty, "prepare needs at least one input")
    precondition(inputs.count { $0 == "-" } <= 1, "standard input can be read only once")
    var files: [String] = []
    for input in inputs {
      if input != "-" && Folder.isFolder(input) {
        files += try Folder.files(in: input).map { "\(input)/\($0)" }
      } else {
        files.append(input)
      }
    }
    return files
  }

  private func checkOutput() throws(DataError) {
    guard Folder.exists(output) else { return }
    let remedy = "choose another folder or allow overwriting (--overwrite)"
    guard Folder.isFolder(output) else {
      throw DataError(.exists, "prepare", at: output, "it is a file", remedy: "choose another name")
    }
    let isPrepared = Folder.exists("\(output)/\(Manifest.fileName)")
    let isEmpty = try Folder.files(in: output).isEmpty
    guard isEmpty || overwrite && isPrepared else {
      throw DataError(
        .exists, "prepare", at: output,
        isPrepared ? "the data set exists already" : "the folder holds something else",
        remedy: isPrepared ? remedy : "choose another folder")
    }
  }
}

/// A folder that is filled under another name and appears when it is complete.
private struct OutputFolder {
  let final: String
  let temporary: String
  private let old: String

  init(_ path: String) {
    final = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let parent = Folder.parent(of: final)
    let name = Folder.lastComponent(of: final)
    temporary = "\(parent)/.\(name).partial-\(getpid())"
    old = "\(parent)/.\(name).old-\(getpid())"
  }

  func create() throws(DataError) {
    Folder.remove(temporary)
    try Folder.create(temporary)
  }

  func publish() throws(DataError) {
    try Folder.synchronise(temporary)
    if Folder.exists(final) { try Folder.rename(final, to: old) }
    try Folder.rename(temporary, to: final)
    Folder.remove(old)
  }

  func discard() { Folder.remove(temporary) }
}
