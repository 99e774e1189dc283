import ArgumentParser
import Datasets
import Foundation
import Kernels
import Training

/// Examples per second of the training step, all variants in turn, beside what the machine allows.
@main
struct StepBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step-benchmark",
    abstract: "Time the training step of DeepFM and IPNN, with and without loss search.",
    discussion: """
      Variants take turns, round by round, so that a change of the machine's speed meets all of \
      them; figures are medians over the turns, of the mean step of a turn: a turn has several
      updates of the controller.

      EXAMPLE: see Benchmarks/README.md for making the data
        step-benchmark --data data5m --rounds 5 --steps 42
        step-benchmark --data data5m --dump batches.safetensors --steps 30
      """)

  @Option(help: "Folder of prepared data.") var data: String
  @Option(help: "Rounds in which every variant takes its turn.") var rounds = 5
  @Option(help: "Steps of a turn, a multiple of 7, the controller's interval.") var steps = 42
  @Option(help: "Steps before the first turn.") var warmup = 200
  @Option(help: "Models.") var models = "deepfm,ipnn"
  @Option(
    help: "Strategies, each with settings if need be: autoloss/search.virtualStep=0.001.")
  var losses = "fixed:ce,autoloss"
  @Option(help: "Numbers of threads.") var threads = "1,2"
  @Option(help: "Write that many batches for a comparison instead.") var dump: String?

  func run() throws {
    let blas = BlasSetup.prepare()
    if let dump { return try BatchDump(data: data, steps: steps).write(to: dump) }
    print("BLAS: \(blas)")
    let rate = BLAS.measureRate(m: 500, n: 128, k: 624)
    print("sgemm 500×128×624 on one thread: \(format(rate, 1)) GFLOP/s")
    var variants = try all()
    for variant in variants { _ = try variant.timer.run(steps: warmup) }
    for _ in 0..<rounds {
      for index in variants.indices {
        let seconds = try variants[index].timer.run(steps: steps)
        variants[index].turns.append(seconds.reduce(0, +) / Double(steps))
      }
    }
    report(variants, rate: rate)
  }

  private func all() throws -> [Variant] {
    try models.split(separator: ",").flatMap { model in
      try threads.split(separator: ",").compactMap { Int($0) }.flatMap { threads in
        try losses.split(separator: ",").map { loss in
          try Variant(data: data, model: String(model), loss: String(loss), threads: threads)
        }
      }
    }
  }

  private func report(_ variants: [Variant], rate: Double) {
    let width = 2 + (variants.map(\.loss.count).max() ?? 0)
    print(
      "model   " + pad("loss", width)
        + "threads  ms/step  examples/s   bound/s  share  rows touched  vs first")
    for variant in variants {
      let first = variants.first { $0.model == variant.model && $0.threads == variant.threads }
      let ratio = variant.median / (first?.median ?? variant.median)
      let bound = variant.bound(gigaflops: rate)
      print(
        pad(variant.model, 8) + pad(variant.loss, width)
          + left("\(variant.threads)", 7) + left(format(variant.median * 1000, 2), 9)
          + left(format(variant.examplesPerSecond, 0), 12) + left(format(bound, 0), 10)
          + left(format(variant.examplesPerSecond / bound, 2), 7)
          + left("\(variant.timer.touchedRows)", 14) + left(format(ratio, 3), 10))
    }
  }
}

/// One way to train, and how long its steps took.
struct Variant {
  let model: String
  let loss: String
  let threads: Int
  let timer: StepTimer
  let secondsPerRow: Double
  /// Seconds of the mean step of each turn.
  var turns: [Double] = []

  init(data: String, model: String, loss: String, threads: Int) throws {
    (self.model, self.loss, self.threads) = (model, loss, threads)
    var resolver = ConfigurationResolver(
      workingFolder: FileManager.default.currentDirectoryPath)
    let settings = loss.split(separator: "/").map(String.init)
    try resolver.apply(assignment: "model.name=\(model)")
    try resolver.apply(assignment: "loss=\(settings.first ?? loss)")
    for setting in settings.dropFirst() { try resolver.apply(assignment: setting) }
    var configuration = try resolver.resolve().configuration
    configuration.data.path = data
    configuration.train.threads = threads
    configuration.train.epochs = 1000
    timer = try StepTimer(configuration)
    secondsPerRow = timer.secondsPerGatheredRow()
  }

  var median: Double { turns.sorted()[turns.count / 2] }

  var examplesPerSecond: Double { Double(timer.batchSize) / median }

  /// Examples per second if only the matrix products and the memory traffic of the touched rows
  /// (read for the slices; read and written by the update) cost anything.
  func bound(gigaflops: Double) -> Double {
    let products = timer.productFlops * Double(timer.batchSize) / (gigaflops * 1e9)
    let rows = 3 * Double(timer.touchedRows) * secondsPerRow
    return Double(timer.batchSize * threads) / (products + rows)
  }
}

func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

func left(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
