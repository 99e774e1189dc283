import ArgumentParser
import Datasets

/// Encodes raw rows for training.
struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Encode raw rows into shards and a vocabulary.",
    discussion: """
      Values that occur in fewer rows than --min-count share one id per field. The rows are split \
      by --seed into training, validation and test rows, 0.8, 0.1 and 0.1 of them unless --split \
      says otherwise. A line that is no row ends the command with code 65 and its place, unless \
      --max-bad-rows permits to set it aside.

      EXAMPLE: one file; a day of compressed files; a stream; ratings; a table of your own
        autoloss prepare criteo --input train.txt --out data
        autoloss prepare criteo-1tb --input day_0.gz --input day_1.gz --out data
        zcat train.gz | autoloss prepare avazu --input - --out data
        autoloss prepare movielens --input ratings.dat --classes 5 --out data
        autoloss prepare csv --schema table.yaml --input rows.csv.zst --out data
      """,
    subcommands: [
      Criteo.self, CriteoTerabyte.self, Avazu.self, MovieLens.self, CSV.self, LibSVM.self,
      LibFFM.self,
    ])
}

extension PrepareCommand {
  /// Criteo's display advertising challenge and rows of the same form.
  struct Criteo: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Encode rows of Criteo's form: label, 13 integers, 26 categories, tab-separated.",
      discussion: """
        Integers become buckets as in pytorch-fm: ⌊(ln v)²⌋ above 2, else v − 2.

        EXAMPLE: from a file, and from compressed files with a few bad lines
          autoloss prepare criteo --input train.txt --out data --min-count 10 --seed 1
          autoloss prepare criteo --input a.gz --input b.zst --out data --max-bad-rows 100
        """)

    @OptionGroup var classes: ClassOptions
    @OptionGroup var options: PrepareOptions

    func run() throws { try options.run(.criteo, classes: classes.classes) }
  }

  /// Criteo's 1 TB click logs.
  struct CriteoTerabyte: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "criteo-1tb",
      abstract: "Encode Criteo's 1 TB click logs: 40 tab-separated columns, a file for each day.",
      discussion: """
        The columns are those of `prepare criteo`, the values others: data of one form is not for \
        models of the other. Days are read as they come, compressed; memory grows with the number \
        of distinct values alone, and with --hash-buckets not even with that.

        EXAMPLE: three days; all days with hashed ids
          autoloss prepare criteo-1tb --input day_0.gz --input day_1.gz --input day_2.gz --out data
          autoloss prepare criteo-1tb --input days --out data --hash-buckets 1000000
        """)

    @OptionGroup var options: PrepareOptions

    func run() throws { try options.run(.criteoTerabyte) }
  }

  /// Avazu's click-through-rate challenge.
  struct Avazu: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "avazu",
      abstract: "Encode Avazu's table: 24 columns with their names, label `click`, 22 fields.",
      discussion: """
        Fields are all columns but `id` and `click`, as they are; --min-count is 4 unless said \
        otherwise, as in pytorch-fm.

        EXAMPLE: the training file as it comes, and as a stream
          autoloss prepare avazu --input train.gz --out data
          unzip -p avazu.zip train | autoloss prepare avazu --input - --out data
        """)

    @OptionGroup var options: PrepareOptions

    func run() throws { try options.run(.avazu, minimumCount: 4) }
  }
}
