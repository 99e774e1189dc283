import ArgumentParser
import Datasets
import Training

extension LabelRule.Rounding: ExpressibleByArgument {}

extension PrepareCommand {
  /// MovieLens ratings.
  struct MovieLens: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "movielens",
      abstract: "Encode MovieLens ratings: 1M (::), 100K (tabs), 20M and later (CSV).",
      discussion: """
        Fields are user and movie, numbered densely. With two classes, ratings above --threshold \
        are label 1. With five, the classes are the stars 1 to 5, and half stars are rounded as \
        --half-stars says; with ten, each half star is a class. Users and movies that the data \
        does not have cannot be scored later, unless --min-count is above 1: then rare and unknown \
        ones share an id.

        EXAMPLE: likes; stars; half stars as they are
          autoloss prepare movielens --input ml-1m/ratings.dat --out data
          autoloss prepare movielens --input ml-20m/ratings.csv --out data --classes 5
          autoloss prepare movielens --input ml-20m/ratings.csv --out data --classes 10
        """)

    @Option(help: ArgumentHelp("2, 5 (stars) or 10 (half stars).", valueName: "n"))
    var classes = 2

    @Option(help: ArgumentHelp("Of two classes: ratings above it are label 1.", valueName: "x"))
    var threshold = 3.0

    @Option(help: "Of five classes: where half stars belong: up, down or even.")
    var halfStars = LabelRule.Rounding.up

    @OptionGroup var options: PrepareOptions

    func validate() throws {
      guard [2, 5, 10].contains(classes) else {
        throw ValidationError("--classes must be 2, 5 or 10.")
      }
      guard threshold.isFinite else { throw ValidationError("--threshold must be a number.") }
    }

    func run() throws {
      let table = TableSchema.movieLens(
        classes: classes, threshold: threshold, halfStars: halfStars,
        sharedID: options.minCount ?? 1 > 1)
      try options.run(table, classes: classes, minimumCount: 1)
    }
  }

  /// Any table of columns.
  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "Encode any table of columns, described by a YAML file.",
      discussion: """
        The file says what separates columns, which is the label, and which columns are fields; \
        docs/data.md explains it. The least that it can be:

          label: clicked
          fields: [site, advertiser, {name: age, kind: number, width: 5}]

        EXAMPLE: a file; tables of a database as a stream
          autoloss prepare csv --schema table.yaml --input rows.csv --out data
          duckdb -csv -c "from rows" my.db | autoloss prepare csv --schema table.yaml --input - \
        --out data
        """)

    @Option(help: ArgumentHelp("YAML file that describes the columns.", valueName: "path"))
    var schema: String

    @OptionGroup var classes: ClassOptions
    @OptionGroup var options: PrepareOptions

    func run() throws {
      let table = try TableSchemaFile.read(schema)
      try options.run(table, classes: table.label.classCount ?? classes.classes)
    }
  }

  /// Text of libsvm.
  struct LibSVM: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "libsvm",
      abstract: "Encode libsvm text: lines of `label index:value …`.",
      discussion: """
        A model needs fields. With --fields n each of the n indices from --first on is a field, \
        and its values are taken as text or, with --bucket-width, as numbers. With --field-starts \
        each field is a range of indices of which a line has one at most (one-hot): the index is \
        the field's value.

        EXAMPLE: 28 numbers; one-hot fields that begin at 1, 8 and 1,000
          autoloss prepare libsvm --input train.svm --fields 28 --bucket-width 0.1 --out data
          autoloss prepare libsvm --input train.svm --field-starts 1,8,1000 --out data
        """)

    @Option(help: ArgumentHelp("How many indices are fields.", valueName: "n"))
    var fields: Int?

    @Option(help: ArgumentHelp("The first index that is a field.", valueName: "n"))
    var first = 1

    @Option(help: ArgumentHelp("The first index of each field: 1,8,1000.", valueName: "list"))
    var fieldStarts: String?

    @Option(help: ArgumentHelp("Make buckets of this width of values.", valueName: "x"))
    var bucketWidth: Double?

    @OptionGroup var classes: ClassOptions
    @OptionGroup var options: PrepareOptions

    func validate() throws {
      guard (fields == nil) != (fieldStarts == nil) else {
        throw ValidationError("give --fields or --field-starts, one of them.")
      }
      try checkFields(fields ?? 1, first: first)
      guard fieldStarts == nil || starts != nil else {
        throw ValidationError("--field-starts must be whole numbers between commas.")
      }
    }

    func run() throws {
      let table =
        starts.map { TableSchema.libsvm(starts: $0, width: bucketWidth) }
        ?? TableSchema.libsvm(fields: fields ?? 1, first: first, width: bucketWidth)
      try options.run(table, classes: classes.classes)
    }

    private var starts: [Int]? {
      guard let parts = fieldStarts?.split(separator: ",", omittingEmptySubsequences: false) else {
        return nil
      }
      let numbers = parts.compactMap { Int($0) }
      return numbers.count == parts.count ? numbers : nil
    }
  }

  /// Text of libffm.
  struct LibFFM: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "libffm",
      abstract: "Encode libffm text: lines of `label field:feature:value …`.",
      discussion: """
        A line has at most one feature of each field; a field that it lacks has an empty value. \
        Values must be 1 unless --bucket-width is given: then feature and bucket of the value \
        together are the field's value.

        EXAMPLE: 39 fields; the same, numbered from 1
          autoloss prepare libffm --input train.ffm --fields 39 --out data
          autoloss prepare libffm --input train.ffm.gz --fields 39 --first 1 --out data
        """)

    @Option(help: ArgumentHelp("How many fields there are.", valueName: "n"))
    var fields: Int

    @Option(help: ArgumentHelp("The number of the first field.", valueName: "n"))
    var first = 0

    @Option(help: ArgumentHelp("Make buckets of this width of values.", valueName: "x"))
    var bucketWidth: Double?

    @OptionGroup var classes: ClassOptions
    @OptionGroup var options: PrepareOptions

    func validate() throws { try checkFields(fields, first: first) }

    func run() throws {
      try options.run(
        .libffm(fields: fields, first: first, width: bucketWidth), classes: classes.classes)
    }
  }
}

private func checkFields(_ count: Int, first: Int) throws {
  guard (1...TableSchema.maximumFields).contains(count) else {
    throw ValidationError("--fields must be from 1 to \(TableSchema.maximumFields).")
  }
  guard (0..<SparseForm.limit).contains(first) else {
    throw ValidationError("--first must be from 0 to \(SparseForm.limit - 1).")
  }
}
